// The map page: a time bar, keys, and turning to another place or day without leaving the page.
import { mount, unmount } from "svelte";
import { asking } from "./asking";
import { iso, type Day } from "./days";
import { banner } from "./banner";
import { middle } from "./onto";
import { Film, reelAt, selectedBy, type Reel } from "./reel";
import { rove } from "./rove";
import TimeBar from "./TimeBar.svelte";
import { NotTurned, tidy, turn } from "./turn";
import { wheeled } from "./zoom";

const place = document.querySelector<HTMLElement>("[data-island=time]");
const wheels = new WeakSet<Element>();
/** How many times as large a map can be shown (server/scene.py). */
const CLOSEST = 64;
if (place) void start(place);

async function start(holder: HTMLElement) {
  const state = { day: 0, films: [] as Film[], address: "" };
  let reel: Reel | undefined, bar: ReturnType<typeof TimeBar> | undefined;
  const pointed = document.createElement("p");
  pointed.className = "pointed";
  const said = document.createElement("p");
  said.className = "hidden";
  said.role = "status";
  holder.after(pointed, said);
  const { fault, clear } = banner(holder);
  await equip();
  // the time bar has the day and the changes; a selector with :has() would cost every step a look at the whole page
  holder.closest(".scene")?.classList.add("live");
  holder.dataset.ready = "";

  /** The days of what is asked, and a time bar for them. */
  async function equip() {
    state.address = holder.dataset.reel ?? "";
    state.day = Number(holder.dataset.until);
    reel = await reelAt(state.address);
    if (!reel) fault("The days of this map could not be had; the page has links to each change.", () => location.reload());
    document.getElementById("reel-patterns")?.remove();
    if (bar) void unmount(bar);
    bar = reel && mount(TimeBar, { target: holder, props: { reel, day: state.day, onstep: show, onsettle: settle } });
    bind();
  }
  /** Take over the drawings as they are on the page now. */
  function bind() {
    const figures = [...document.querySelectorAll<SVGSVGElement>(".drawing > svg.figure")];
    const selected = new URLSearchParams(location.search).get("sel");
    const days = "filtered" in holder.dataset ? undefined : reel;
    for (const figure of figures) {
      const links = [...figure.querySelectorAll<SVGAElement>("a[href]")];
      rove(figure, links, links.find((link) => selected && selectedBy(link) === selected) ?? links.at(-1), tell);
      if (!wheels.has(figure)) wheeled(figure, (factor, event) => zoom(figure, factor, event));
      wheels.add(figure);
    }
    state.films = days ? figures.map((figure) => new Film(days, figure, state.day)) : [];
  }
  /** Show the map larger or smaller, with what the pointer is on left where it is. */
  function zoom(figure: SVGSVGElement, factor: number, event: WheelEvent) {
    const address = new URL(location.href);
    const before = Number(address.searchParams.get("z") ?? 1);
    const times = Math.min(Math.max(before * factor, 1), CLOSEST);
    const around = middle(figure, event.clientX, event.clientY, times / before);
    if (times === before || !around) return;
    address.searchParams.delete("z");
    address.searchParams.delete("c");
    if (times > 1) {
      address.searchParams.set("z", String(times));
      address.searchParams.set("c", around.map((part) => part.toFixed(3)).join(","));
    }
    address.searchParams.set("at", iso(state.day));
    void go(tidy(address), true, false);
  }
  function tell(link: SVGElement | undefined) {
    pointed.textContent = link?.getAttribute("aria-label") ?? "";
  }
  function show(day: Day) {
    state.day = day;
    for (const film of state.films) if (film.visible) film.show(day);
  }
  /** Go to another state of the page. A drawing that a film shows stays; its day is shown already. */
  async function go(address: string, push: boolean, keep: boolean): Promise<boolean> {
    if (push && address !== location.pathname + location.search) history.pushState(null, "", address);
    try {
      const turned = await turn(address, keep && state.films.length ? ["wide", "narrow"] : []);
      if (!turned) return false;
      clear();
      if (!keep) state.day = Number(holder.dataset.until);
      if (holder.dataset.reel !== state.address) await equip();
      else if (!keep || !state.films.length) bind();
      for (const film of state.films) film.show(state.day);
      return true;
    } catch (error) {
      if (error instanceof NotTurned) fault(error.message, () => void go(address, false, keep));
      else throw error;
      return false;
    }
  }
  function settle(day: Day) {
    const field = document.querySelector<HTMLInputElement>("input#at");
    if (field) field.value = iso(day);
    const address = new URL(location.href);
    address.searchParams.set("at", iso(day));
    void go(tidy(address), true, true);
  }

  asking((address) => void go(tidy(address), true, false).then((turned) => {
    if (!turned) return;
    bar?.jump(iso(state.day));
    said.textContent = document.querySelector("h1")?.textContent ?? "";
  }));
  addEventListener("popstate", () => {
    const at = new URLSearchParams(location.search).get("at");
    bar?.jump(at ?? iso(Number(holder.dataset.last)));
    void go(location.pathname + location.search, false, false);
  });

  const links = "a[rel=prev], a[rel=next], .drawing a[href], [data-part] a[href^='/map?']";
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement | SVGAElement>(links);
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const address = new URL(link instanceof SVGAElement ? link.href.baseVal : link.href, location.href);
    const at = address.searchParams.get("at");
    event.preventDefault();
    if (link.matches("[rel=prev], [rel=next]") && bar && at) return void bar.jump(at, 0);
    // a link of a drawing, or to a part of the map, was made for the day that the server drew
    if (link.closest(".drawing, [data-part=parts]")) address.searchParams.set("at", iso(state.day));
    if (bar && address.searchParams.get("at")) bar.jump(address.searchParams.get("at") ?? "", -1);
    void go(tidy(address), true, false).then((turned) => {
      const title = document.getElementById("selected-title");
      if (turned && address.hash === "#selected") title?.focus({ preventScroll: matchMedia("(min-width: 68rem)").matches });
    });
  });
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target as HTMLElement;
    if (event.key === "Escape") return escape(target);
    if (localStorage.getItem("keys") === "off" || (target.matches("input, textarea, select") && !target.matches("[type=range]"))) return;
    if (event.key === "[") bar?.previous();
    if (event.key === "]") bar?.next();
    const zoom = ({ "+": "closer", "=": "closer", "-": "farther", "0": "the" } as Record<string, string>)[event.key];
    if (zoom && !target.matches("[type=range]")) document.querySelector<HTMLAnchorElement>(`[data-zoom="${zoom}"]`)?.click();
  });

  /** From what is told of a place back to the figure; from there, nothing is marked any more. */
  function escape(target: HTMLElement) {
    const address = new URL(location.href);
    const selected = address.searchParams.get("sel");
    if (!selected) return;
    if (target.closest("#selected")) return document.querySelector<SVGAElement>(".drawing a[tabindex='0']")?.focus();
    if (!target.closest(".drawing")) return;
    address.searchParams.delete("sel");
    void go(tidy(address), true, false);
  }
}
