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
  const reel = await reelAt(holder.dataset.reel ?? "");
  if (!reel) fault("The days of the data could not be had; the form takes days too.", () => location.reload());
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
  async function go(address: string, push: boolean) {
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
  addEventListener("popstate", () => {
    const given = new URLSearchParams(location.search);
    const [first, last] = ["a.at", "b.at"].map((name) => given.get(name) ?? undefined);
    bar?.set(first ?? iso(range.from), last ?? iso(range.until));
    void go(location.pathname + location.search, false);
  });
}
