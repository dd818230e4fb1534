/** What `/query/words` tells. */
export type Words = {
  prefixes: Record<string, string>;
  terms: { name: string; label: string; comment: string; kind: string }[];
  examples: { slug: string; question: string; text: string }[];
  start: string;
};

/** An IRI with the prefix that fits it best; in angle brackets where none does. */
export function short(iri: string, prefixes: Record<string, string>): string {
  let [name, base] = ["", ""];
  for (const [prefix, space] of Object.entries(prefixes))
    if (iri.startsWith(space) && space.length > base.length) [name, base] = [prefix, space];
  return base ? `${name}:${iri.slice(base.length)}` : `<${iri}>`;
}

/** Where a page about an IRI is. */
export function page(iri: string): string {
  const own = /^https:\/\/w3id\.org\/controlgraph(\/id\/.+)$/.exec(iri);
  return own?.[1] ?? `/resource?iri=${encodeURIComponent(iri)}`;
}

/** A query with declarations for those of our prefixes that it uses and does not declare. */
export function declared(text: string, prefixes: Record<string, string>): string {
  const bare = text.replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|<[^<>\s]*>|#.*/g, " ");
  const used = new Set([...bare.matchAll(/(?<![\w?$:])([A-Za-z][\w-]*):/g)].map((found) => found[1] ?? ""));
  for (const found of text.matchAll(/^\s*PREFIX\s+([\w-]*):/gim)) used.delete(found[1] ?? "");
  const lines = [...used].filter((name) => prefixes[name]).sort().map((name) => `PREFIX ${name}: <${prefixes[name]}>\n`);
  return lines.join("") + text;
}
