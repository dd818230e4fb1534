// The page of two sides: their days, by two handles over the strip of changes; the server makes everything else.
import { mount } from "svelte";
import { banner } from "./banner";
import { iso, type Day } from "./days";
import { reelAt } from "./reel";
import { rove } from "./rove";
import { NotTurned, tidy, turn } from "./turn";
import Window from "./Window.svelte";

const holder = document.querySelector<HTMLElement>("[data-island=sides]");
if (holder) void start(holder);

async function start(holder: HTMLElement) {
  const { fault, clear } = banner(holder);
  const fields = ["a", "b"].map((side) => document.querySelector<HTMLInputElement>(`[name="${side}.at"]`));
  bind();
  // without an address there are no two days, one after the other, that handles could move
  const address = holder.dataset.reel;
  const reel = address ? await reelAt(address) : undefined;
  if (address && !reel) fault("The days of the data could not be had; the form takes days too.", () => location.reload());
  const range = { from: Number(holder.dataset.from), until: Number(holder.dataset.until) };
  const names = { title: "Days that are compared", first: "Day of A", last: "Day of B" };
  const bar = reel && mount(Window, { target: holder, props: { reel, ...range, names, onsettle: settle } });
  holder.dataset.ready = "";

  /** Each drawing is one stop of the keyboard; a place of the table leads to its row. */
  function bind() {
    for (const figure of document.querySelectorAll<SVGSVGElement>(".pair .drawing > svg.figure")) {
      const links = [...figure.querySelectorAll<SVGAElement>("a[href]")];
      rove(figure, links, links.find((link) => link.href.baseVal.startsWith("#")) ?? links[0], () => undefined);
    }
  }
  let here = location.pathname + location.search;
  async function go(address: string, push: boolean) {
    here = address;
    if (push) history.pushState(null, "", address);
    try {
      if (!(await turn(address))) return;
      clear();
      bind();
    } catch (error) {
      if (error instanceof NotTurned) fault(error.message, () => void go(address, false));
      else throw error;
    }
  }
  function settle(...days: [Day, Day]) {
    const address = new URL(location.href);
    ["a.at", "b.at"].forEach((name, number) => {
      const day = iso(days[number] ?? 0);
      address.searchParams.set(name, day);
      const field = fields[number];
      if (field) field.value = day;
    });
    void go(tidy(address), true);
  }
  // both maps show the same part
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>("a[data-zoom]");
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    void go(tidy(new URL(link.href)), true);
  });
  document.addEventListener("keydown", (event) => {
    const target = event.target as HTMLElement;
    const zoom = ({ "+": "closer", "=": "closer", "-": "farther", "0": "the" } as Record<string, string>)[event.key];
    if (!zoom || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (localStorage.getItem("keys") === "off" || target.matches("input, textarea, select")) return;
    document.querySelector<HTMLAnchorElement>(`[data-zoom="${zoom}"]`)?.click();
  });
  addEventListener("popstate", () => {
    // a link to a row of the table is no other state
    if (location.pathname + location.search === here) return;
    if (bar) {
      const given = new URLSearchParams(location.search);
      const days = [given.get("a.at") ?? iso(range.from), given.get("b.at") ?? iso(range.until)];
      bar.set(days[0], days[1]);
      fields.forEach((field, number) => field && (field.value = days[number] ?? ""));
    }
    void go(location.pathname + location.search, false);
  });
}
