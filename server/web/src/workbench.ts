// The query page: the server's form and answer give way to an editor, where scripts run.
import { mount } from "svelte";
import type { Words } from "./words";
import Workbench from "./Workbench.svelte";

const holder = document.querySelector<HTMLElement>("[data-island=workbench]");
if (holder) void start(holder);

async function start(holder: HTMLElement) {
  let words: Words, editor: typeof import("./editor").editor;
  try {
    const [response, module] = await Promise.all([fetch(holder.dataset.words ?? ""), import("./editor")]);
    if (!response.ok) return;
    [words, editor] = [(await response.json()) as Words, module.editor];
  } catch {
    return; // the form of the server stays, and its examples are links
  }
  const ask = holder.querySelector<HTMLElement>(".ask");
  const field = holder.querySelector("textarea");
  const search = document.querySelector<HTMLElement>("form.finding")?.dataset.search ?? "";
  if (!ask || !field) return;
  const given = new URLSearchParams(location.search);
  const shared = new URLSearchParams(location.hash.slice(1));
  const text = shared.get("query") ?? field.value;
  const focused = document.activeElement === field;
  const run = shared.has("query") || given.has("query") || given.has("example");
  ask.remove();
  holder.querySelector(".answer")?.remove();
  const bench = mount(Workbench, {
    target: holder,
    anchor: holder.querySelector("aside") ?? undefined,
    props: { words, editor, focused, endpoint: holder.dataset.endpoint ?? "", search, text: text.trim() + "\n", run, view: shared.get("view") ?? given.get("view") ?? "", lang: given.get("lang") ?? "en" },
  });
  holder.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>(".questions a");
    const slug = link && new URL(link.href).searchParams.get("example");
    if (slug && !event.ctrlKey && !event.metaKey && bench.example(slug)) event.preventDefault();
  });
  holder.dataset.ready = "";
}
