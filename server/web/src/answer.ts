/** An answer of the endpoint, or why there is none. */
export type Cell = { type: string; value: string; datatype?: string; "xml:lang"?: string };
export type Row = Record<string, Cell | undefined>;
export type Answer = { took: number; size: number; version: string } & (
  | { kind: "rows"; columns: string[]; rows: Row[] }
  | { kind: "boolean"; truth: boolean }
  | { kind: "graph"; text: string }
);
export type Problem = { title: string; detail: string; line?: number; column?: number };

/** Why there is no answer. */
export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
}

/** Ask the endpoint. Raises Refused; an AbortError where `signal` ends it. */
export async function ask(endpoint: string, text: string, name: string, seconds: string, signal: AbortSignal, form = "application/sparql-results+json, text/turtle;q=0.9"): Promise<Answer> {
  const query = new URLSearchParams({ ...(name ? { "query-id": name } : {}), ...(seconds ? { timeout: seconds } : {}) });
  const begun = performance.now();
  let response: Response, body: string;
  try {
    response = await fetch(`${endpoint}?${query}`, {
      method: "POST",
      body: text,
      headers: { "Content-Type": "application/sparql-query", Accept: form },
      signal,
    });
    body = await response.text();
  } catch (error) {
    if (signal.aborted) throw error;
    throw new Refused({ title: "The server does not answer", detail: "Your query is kept here; run it again when the server is back." });
  }
  if (!response.ok) {
    let problem: Problem = { title: response.statusText, detail: body.slice(0, 500) };
    if (response.headers.get("Content-Type")?.includes("json")) problem = JSON.parse(body) as Problem;
    throw new Refused(problem);
  }
  const told = { took: performance.now() - begun, size: body.length, version: response.headers.get("Controlgraph-Version") ?? "" };
  if (!response.headers.get("Content-Type")?.includes("json")) return { ...told, kind: "graph", text: body };
  const json = JSON.parse(body) as { boolean?: boolean; head: { vars?: string[] }; results?: { bindings: Row[] } };
  if (json.boolean !== undefined) return { ...told, kind: "boolean", truth: json.boolean };
  return { ...told, kind: "rows", columns: json.head.vars ?? [], rows: json.results?.bindings ?? [] };
}

const XSD = "http://www.w3.org/2001/XMLSchema#";
const NUMBERS = ["integer", "decimal", "double", "float", "nonNegativeInteger", "int", "long"].map((name) => XSD + name);
const PLACE = "https://w3id.org/controlgraph/id/place/";

function columnsWith(columns: string[], rows: Row[], fits: (cell: Cell) => boolean): string[] {
  return columns.filter((column) => rows.some((row) => row[column] && fits(row[column])));
}
/** Columns with places of ours, with days, with numbers. */
export function placeColumns(columns: string[], rows: Row[]): string[] {
  return columnsWith(columns, rows, (cell) => cell.type === "uri" && cell.value.startsWith(PLACE));
}
export function dayColumns(columns: string[], rows: Row[]): string[] {
  return columnsWith(columns, rows, (cell) => cell.datatype === `${XSD}date` || cell.datatype === `${XSD}dateTime`);
}
export function numberColumns(columns: string[], rows: Row[]): string[] {
  return columnsWith(columns, rows, (cell) => NUMBERS.includes(cell.datatype ?? ""));
}

export type Statement = [string, string, string];

/** Columns whose rows are statements between things: three in turn with IRIs. */
export function statementColumns(columns: string[], rows: Row[]): string[] {
  const first = columns.slice(0, 3);
  return first.length === 3 && rows.some((row) => first.every((column) => row[column]?.type === "uri")) ? first : [];
}

/** Statements of an answer that tie things, and how many others it has. Raises Refused; an AbortError. */
export async function statements(answer: Answer, endpoint: string, text: string, signal: AbortSignal): Promise<{ tied: Statement[]; other: number }> {
  if (answer.kind === "rows") {
    const [s = "", p = "", o = ""] = statementColumns(answer.columns, answer.rows);
    const tied = answer.rows.flatMap((row): Statement[] => (row[s]?.type === "uri" && row[p]?.type === "uri" && row[o]?.type === "uri" ? [[row[s].value, row[p].value, row[o].value]] : []));
    return { tied, other: answer.rows.length - tied.length };
  }
  const told = await ask(endpoint, text, "", "", signal, "application/n-triples");
  const lines = told.kind === "graph" ? told.text.split("\n").filter(Boolean) : [];
  const plain = (iri: string) => iri.replace(/\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})/g, (_, four, eight) => String.fromCodePoint(parseInt(four ?? eight, 16)));
  const tied = lines.flatMap((line): Statement[] => {
    const found = /^<([^>]*)> <([^>]*)> <([^>]*)> \.$/.exec(line);
    return found ? [[plain(found[1] ?? ""), plain(found[2] ?? ""), plain(found[3] ?? "")]] : [];
  });
  return { tied, other: lines.length - tied.length };
}

/** What things are called: one query for all, when they are shown. */
export async function labels(endpoint: string, iris: string[], lang: string): Promise<Map<string, string>> {
  const plain = iris.filter((iri) => /^[^\s<>"{}|\\^`]+$/.test(iri));
  const text = `SELECT ?iri ?label WHERE { VALUES ?iri { ${plain.map((iri) => `<${iri}>`).join(" ")} }
    ?iri <http://www.w3.org/2004/02/skos/core#prefLabel>|<http://www.w3.org/2000/01/rdf-schema#label>|<http://purl.org/dc/terms/title> ?label
    FILTER(LANG(?label) IN ("", "en", "${lang}")) }`;
  const found = new Map<string, string>();
  try {
    const answer = await ask(endpoint, text, "", "", new AbortController().signal);
    if (answer.kind === "rows")
      for (const { iri, label } of answer.rows)
        if (iri && label && (!found.has(iri.value) || label["xml:lang"] === lang)) found.set(iri.value, label.value);
  } catch (error) {
    if (!(error instanceof Refused)) throw error; // then short names have to do
  }
  return found;
}
