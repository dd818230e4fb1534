// What is looked at in the graph: acts in turn, as the address has them, and what each brings into the picture.
import { MOST, type Edge, type Node, type Thing } from "./network";

export type Side = "in" | "out";
export type Tie = { property: string; label: string; direction: Side; count: number };
export type Open = { kind: "open"; thing: string; property: string; direction: Side; pages: number };
export type Act = Open | { kind: "way" | "both"; from: string; to: string } | { kind: "hide"; thing: string };
/** What an act brings: things with their edges, a sentence that says so, and the way that is to be seen. */
export type Part = { things: Thing[]; edges: Edge[]; said: string; way?: string[] };
export type Picture = { nodes: Node[]; edges: Edge[]; left: number; fresh: boolean };
export type Doors = { ties: string; way: string; both: string };

/** How many things of one property are opened at once, and how many parts of so many at most. */
export const PART = 25;
const PARTS = 16;

/** The acts that an address tells of, in its order. */
export function given(search: string, sel: string): Act[] {
  const acts: Act[] = [];
  for (const [kind, text] of new URLSearchParams(search)) {
    const [a = "", b = "", c = sel, pages = "1"] = text.split(",");
    if (kind === "open") acts.push({ kind, direction: a === "in" ? "in" : "out", property: b, thing: c, pages: Math.max(1, Math.min(PARTS, Number(pages) || 1)) });
    else if ((kind === "way" || kind === "both") && b) acts.push({ kind, from: a, to: b });
    else if (kind === "hide") acts.push({ kind, thing: text });
  }
  return acts;
}

/** The same acts as parameters of an address. */
export function told(acts: Act[]): [string, string][] {
  return acts.map((act) => {
    if (act.kind === "open") return ["open", [act.direction, act.property, act.thing, ...(act.pages > 1 ? [act.pages] : [])].join(",")];
    return [act.kind, act.kind === "hide" ? act.thing : `${act.from},${act.to}`];
  });
}

/** Ask the server. Raises an Error with words for the person. */
export async function asked<T>(address: string, query: Record<string, string>): Promise<T> {
  const lang = new URLSearchParams(location.search).get("lang");
  let response: Response;
  try {
    response = await fetch(`${address}?${new URLSearchParams({ ...query, ...(lang ? { lang } : {}) })}`, { headers: { Accept: "application/json" } });
  } catch {
    throw new Error("The server does not answer; what is drawn stays.");
  }
  const told = response.headers.get("Content-Type")?.includes("json") ? await response.json() : { detail: `The server answered ${response.status} ${response.statusText}.` };
  if (!response.ok) throw new Error(told.detail);
  return told as T;
}

type Step = { from: string; to: string; label: string; direction: Side; property: string };
const edge = (from: string, property: string, to: string, label: string): Edge => ({ key: `${from} ${property} ${to}`, from, to, label });
const stepped = ({ from, to, property, label, direction }: Step) => (direction === "out" ? edge(from, property, to, label) : edge(to, property, from, label));
export const many = (number: number, one: string) => `${number.toLocaleString("en")} ${one}${number === 1 ? "" : "s"}`;

/** What an act brings; acts that take away bring nothing. Raises an Error with words for the person. */
export async function brought(act: Act, doors: Doors): Promise<Part> {
  if (act.kind === "hide") return { things: [], edges: [], said: "It is taken out of the picture, not out of the data." };
  if (act.kind === "open") {
    const { thing, property, direction, pages } = act;
    const found = await asked<{ thing: Thing; label: string; total: number; others: Thing[] }>(doors.ties, { sel: thing, property, direction, limit: String(pages * PART) });
    const edges = found.others.map((other) => (direction === "out" ? edge(thing, property, other.id, found.label) : edge(other.id, property, thing, found.label)));
    return { things: [found.thing, ...found.others], edges, said: `${found.others.length < found.total ? `${found.others.length} of ` : ""}${many(found.total, "thing")} by “${found.label}”.` };
  }
  const found = await asked<{ things: Thing[]; steps: Step[]; furthest?: number; total?: number }>(doors[act.kind], { from: act.from, to: act.to });
  const edges = found.steps.map(stepped);
  if (act.kind === "both") {
    const common = found.things.length - 2;
    return { things: found.things, edges, said: common ? `${common < (found.total ?? 0) ? `${common} of ` : ""}${many(found.total ?? common, "thing")} tied to both.` : "Nothing is tied to both; there may be a longer way." };
  }
  if (!edges.length) return { things: found.things, edges, said: `No way of at most ${found.furthest} steps leads there.` };
  return { things: found.things, edges, said: `${found.things.map((each) => each.label).join(" – ")}: ${many(edges.length, "step")}.`, way: found.things.map((each) => each.id) };
}

/** The picture that acts make, one after another around the centre; what was in it stays where it was. */
export function picture(centre: Thing, acts: Act[], parts: Part[], before: Node[], [width, height]: [number, number]): Picture {
  const stood = new Map(before.map((node) => [node.id, node]));
  const nodes = new Map<string, Node>();
  const edges = new Map<string, Edge>();
  const without = new Set<string>();
  let fresh = false;
  function put(thing: Thing, beside: Node | undefined) {
    if (nodes.has(thing.id)) return;
    if (nodes.size >= MOST) return void without.add(thing.id);
    const old = stood.get(thing.id);
    fresh ||= !old;
    nodes.set(thing.id, { ...old, ...thing, x: old?.x ?? beside?.x ?? width / 2, y: old?.y ?? beside?.y ?? height / 2 });
    without.delete(thing.id);
  }
  put(centre, undefined);
  acts.forEach((act, number) => {
    if (act.kind === "hide") {
      nodes.delete(act.thing);
      for (const each of edges.values()) if (each.from === act.thing || each.to === act.thing) edges.delete(each.key);
      return;
    }
    const part = parts[number];
    const beside = nodes.get(act.kind === "open" ? act.thing : act.from);
    for (const thing of part?.things ?? []) put(thing, beside ?? nodes.get(centre.id));
    for (const each of part?.edges ?? []) if (nodes.has(each.from) && nodes.has(each.to)) edges.set(each.key, each);
  });
  return { nodes: [...nodes.values()], edges: [...edges.values()], left: without.size, fresh };
}

/** The picture as a query: all that its acts open, without its limits. `names` are the prefixes that the server knows. */
export function construct(acts: Act[], edges: Edge[], names: string[]): string {
  const term = (id: string) => {
    const [, prefix = "", rest = ""] = /^([\w-]+):(.*)$/.exec(id) ?? [];
    return names.includes(prefix) ? `${prefix}:${rest.replace(/[~.!$&'()*+,;=/?#@%]/g, "\\$&")}` : `<${id}>`;
  };
  const opened = acts.filter((act): act is Open => act.kind === "open");
  const by = (side: Side) => opened.filter((act) => act.direction === side).map((act) => (side === "out" ? `(${term(act.thing)} ${term(act.property)})` : `(${term(act.property)} ${term(act.thing)})`));
  const covered = new Set(opened.map((act) => `${act.direction} ${act.thing} ${act.property}`));
  const property = (each: Edge) => each.key.slice(each.from.length + 1, each.key.length - each.to.length - 1);
  const rest = edges.filter((each) => !covered.has(`out ${each.from} ${property(each)}`) && !covered.has(`in ${each.to} ${property(each)}`)).map((each) => `(${term(each.from)} ${term(property(each))} ${term(each.to)})`);
  const blocks = [
    ["?subject ?property", by("out")] as const,
    ["?property ?object", by("in")] as const,
    ["?subject ?property ?object", rest] as const,
  ].filter(([, rows]) => rows.length);
  const where = blocks.map(([columns, rows]) => `  {\n    VALUES (${columns}) {\n      ${rows.join("\n      ")}\n    }\n    ?subject ?property ?object\n  }`).join("\n  UNION\n");
  return `CONSTRUCT { ?subject ?property ?object }\nWHERE {\n${where}\n  FILTER(ISIRI(?object))\n}\n`;
}
