// The timeline page: which days are shown, and bars that can be stood on.
import { mount, unmount } from "svelte";
import { asking } from "./asking";
import { banner } from "./banner";
import { iso } from "./days";
import { reelAt } from "./reel";
import { rove } from "./rove";
import { NotTurned, tidy, turn } from "./turn";
import Window from "./Window.svelte";
import { wheeled } from "./zoom";

const holder = document.querySelector<HTMLElement>("[data-island=window]");
if (holder) void start(holder);

async function start(holder: HTMLElement) {
  const pointed = document.createElement("p");
  pointed.className = "pointed";
  holder.after(pointed);
  const { fault, clear } = banner(holder);
  let bar: ReturnType<typeof Window> | undefined, loaded = "";
  for (const drawing of document.querySelectorAll(".drawing"))
    wheeled(drawing, (factor, event) => {
      const box = drawing.getBoundingClientRect();
      bar?.zoom(1 / factor, (event.clientX - box.left) / box.width);
    });
  await equip();
  holder.closest(".scene")?.classList.add("live");
  holder.dataset.ready = "";

  /** The days of what is asked, and a window onto them. */
  async function equip() {
    loaded = holder.dataset.reel ?? "";
    bind();
    const reel = await reelAt(loaded);
    if (!reel) fault("The days of this timeline could not be had; the form takes days too.", () => location.reload());
    const range = { from: Number(holder.dataset.from), until: Number(holder.dataset.until) };
    if (bar) void unmount(bar);
    bar = reel && mount(Window, { target: holder, props: { reel, ...range, onsettle: settle } });
  }
  function bind() {
    for (const figure of document.querySelectorAll<SVGSVGElement>(".drawing > svg.figure")) {
      const bars = [...figure.querySelectorAll<SVGGElement>("g.bar[data-first]")];
      for (const each of bars) {
        each.setAttribute("tabindex", "-1");
        each.setAttribute("role", "link");
        each.setAttribute("aria-label", each.querySelector("title")?.textContent ?? "");
      }
      rove(figure, bars, bars[0], (part) => (pointed.textContent = part?.getAttribute("aria-label") ?? ""));
      figure.addEventListener("click", (event) => open((event.target as Element).closest<SVGGElement>("g.bar")));
      figure.addEventListener("keydown", (event) => {
        if (event.key === "Enter") open((event.target as Element).closest<SVGGElement>("g.bar"));
      });
    }
  }
  /** Go to the map on the first day of a bar, with its place marked. */
  function open(bar: SVGGElement | null) {
    const lane = bar?.parentElement?.querySelector<SVGAElement>("a[href]");
    if (!bar || !lane) return;
    const address = new URL(lane.href.baseVal, location.href);
    address.searchParams.set("at", iso(Number(bar.dataset.first)));
    location.href = tidy(address) + address.hash;
  }
  async function go(address: string, push: boolean) {
    if (push) history.pushState(null, "", address);
    try {
      if (!(await turn(address))) return;
      clear();
      if (holder.dataset.reel !== loaded) await equip();
      else bind();
    } catch (error) {
      if (error instanceof NotTurned) fault(error.message, () => void go(address, false));
      else throw error;
    }
  }
  function settle(from: number, until: number) {
    const address = new URL(location.href);
    address.searchParams.set("at", `${iso(from)}/${iso(until)}`);
    const field = document.querySelector<HTMLInputElement>("input#at");
    if (field) field.value = `${iso(from)}/${iso(until)}`;
    void go(tidy(address), true);
  }
  /** The days that the server shows, on the window too. */
  const follow = () => bar?.set(iso(Number(holder.dataset.from)), iso(Number(holder.dataset.until)));
  asking((address) => void go(tidy(address), true).then(follow));
  addEventListener("popstate", () => void go(location.pathname + location.search, false).then(follow));
}
