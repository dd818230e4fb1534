// Another state of the same page, as the server makes it: the parts that are marked `data-part` are exchanged, and what is
// told to islands.

let asked: AbortController | undefined;

/** Why the page could not be had, in words for the person. */
export class NotTurned extends Error {}

/**
 * Fetch the page at an address and take over its parts. `keep` names parts that stay as they are; of a drawing that stays
 * what is below the map is exchanged. False where another turn came in between.
 */
export async function turn(address: string, keep: readonly string[] = []): Promise<boolean> {
  asked?.abort();
  const mine = (asked = new AbortController());
  let text: string;
  try {
    const response = await fetch(address, { headers: { Accept: "text/html" }, signal: mine.signal });
    text = await response.text();
    if (!response.ok) {
      const said = new DOMParser().parseFromString(text, "text/html").querySelector("main .lead")?.textContent;
      throw new NotTurned(said?.trim() || `The server answered ${response.status} ${response.statusText}.`);
    }
  } catch (error) {
    if (mine.signal.aborted) return false;
    if (error instanceof NotTurned) throw error;
    throw new NotTurned("The server does not answer. What you see is the last that it sent.");
  }
  if (mine.signal.aborted) return false;
  const next = new DOMParser().parseFromString(text, "text/html");
  const focus = document.activeElement as HTMLElement | null;
  const anchor = focus?.id || focus?.getAttribute("href");
  document.title = next.title;
  for (const part of document.querySelectorAll<HTMLElement>("[data-part]")) {
    const name = part.dataset.part ?? "";
    const fresh = next.querySelector(`[data-part="${name}"]`);
    if (!fresh) continue;
    if (keep.includes(name)) below(part, fresh);
    else part.replaceChildren(...[...fresh.childNodes].map((node) => document.adoptNode(node)));
  }
  for (const island of document.querySelectorAll<HTMLElement>("[data-island]")) {
    const told = next.querySelector<HTMLElement>(`[data-island="${island.dataset.island}"]`)?.dataset;
    if (!told) continue;
    for (const name of Object.keys(island.dataset)) if (!(name in told) && name !== "ready") delete island.dataset[name];
    Object.assign(island.dataset, told);
  }
  // whoever stood on something that was exchanged stands on its successor
  if (anchor && focus && !focus.isConnected) {
    const same = document.getElementById(anchor) ?? document.querySelector<HTMLElement>(`main [href="${CSS.escape(anchor)}"]`);
    (same ?? document.getElementById("main"))?.focus({ preventScroll: true });
  }
  return true;
}

/** Exchange what stands below a map, and what it is described by, but not the map itself. */
function below(part: Element, fresh: Element): void {
  const [old, now] = [part.querySelector("svg.figure"), fresh.querySelector("svg.figure")];
  if (!old || !now) return;
  const names = new Set([...old.querySelectorAll("defs > *")].map((each) => each.id));
  for (const each of now.querySelectorAll("defs > *"))
    if (!names.has(each.id)) old.querySelector("defs")?.append(document.adoptNode(each));
  for (const what of [":scope > g.below", ":scope > title", ":scope > desc", ":scope > rect.paper"]) {
    const [from, to] = [old.querySelector(what), now.querySelector(what)];
    if (from && to) from.replaceWith(document.adoptNode(to));
  }
  for (const name of ["height", "viewBox"]) old.setAttribute(name, now.getAttribute(name) ?? "");
}

/** Path and query of an address, as the server writes it: without escapes that need not be. */
export function tidy(address: URL): string {
  return address.pathname + address.search.replaceAll("%3A", ":").replaceAll("%2F", "/").replaceAll("%2C", ",");
}
