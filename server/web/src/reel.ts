import type { Day } from "./days";

/** One way in which a place is drawn (kg/figures/reel.py). */
export type Way = {
  state: string;
  words: string;
  told: string;
  /** IRI, name, number of the series, whether it is certain. */
  actors: [string, string, number, boolean][];
  symbol: string;
  fill: string;
  halves: string[];
  partial: string | null;
  carried: boolean;
};

/** A map through time: `places` by their names in addresses, each as label, kind, and days with numbers of ways in turn. */
export type Reel = {
  first: Day;
  last: Day;
  changes: Day[];
  ways: Way[];
  patterns: string;
  places: Record<string, [string, string, number[]]>;
};

/** The number of the way in which a place is drawn on a day, by its days and ways in turn. */
export function wayOn(runs: number[], day: Day): number {
  let [low, high] = [0, runs.length / 2 - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((runs[2 * middle] ?? 0) <= day) low = middle;
    else high = middle - 1;
  }
  return runs[2 * low + 1] ?? 0;
}

/** The reel at an address; undefined where it cannot be had. */
export async function reelAt(address: string): Promise<Reel | undefined> {
  try {
    const response = await fetch(address, { headers: { Accept: "application/json" } });
    return response.ok ? ((await response.json()) as Reel) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Bars on a strip of 100 by 24: how many answers are new on each day. One path, however many there are: every step of a
 * time bar has its parts styled anew.
 */
export function strip(reel: Reel): string {
  const found = counts(reel);
  const most = Math.max(1, ...found.values());
  const width = 100 / (reel.last - reel.first + 1);
  return [...found]
    .filter(([day]) => day >= reel.first && day <= reel.last)
    .map(([day, many]) => `M${((day - reel.first) * width).toFixed(3)} 24v${(-4 - (20 * many) / most).toFixed(2)}h${width.toFixed(3)}V24z`)
    .join("");
}

/** How many places have another answer than the day before, for each day of the reel. */
function counts(reel: Reel): Map<Day, number> {
  const found = new Map<Day, number>();
  for (const [, , runs] of Object.values(reel.places))
    for (let at = 2; at < runs.length; at += 2) {
      const [before, now] = [reel.ways[runs[at - 1] ?? 0], reel.ways[runs[at + 1] ?? 0]];
      const day = runs[at] ?? 0;
      if (before?.words !== now?.words) found.set(day, (found.get(day) ?? 0) + 1);
    }
  return found;
}

/** What is another answer on one day than on another, in words: "Zaranj, controlled by Taliban". */
export function differing(reel: Reel, from: Day, until: Day): string[] {
  const found: string[] = [];
  for (const [label, , runs] of Object.values(reel.places)) {
    const [was, now] = [reel.ways[wayOn(runs, from)], reel.ways[wayOn(runs, until)]];
    if (was?.words !== now?.words) found.push(`${label}, ${now?.words}`);
  }
  return found;
}

/** The place that a link marks, by its name in addresses. */
export function selectedBy(link: SVGAElement): string | null {
  return new URL(link.href.baseVal, location.href).searchParams.get("sel");
}

const SVG = "http://www.w3.org/2000/svg";
const parser = new DOMParser();

/** The elements of a drawing that the server sent as text. */
function drawn(text: string): Element[] {
  const root = parser.parseFromString(text.replace("<svg ", `<svg xmlns="${SVG}" `), "image/svg+xml").documentElement;
  return [...root.children].map((each) => document.importNode(each, true));
}

type Shown = { runs: number[]; way: number; link: Element; title: Element | null; before: string; draw: (way: Way, number: number) => void };

/** A drawing of the page that can show any day of a reel. What is shown is what the server would draw. */
export class Film {
  private readonly places: Shown[] = [];

  constructor(reel: Reel, private readonly root: SVGSVGElement, day: Day) {
    this.reel = reel;
    const symbols: Element[][] = reel.ways.map(() => []);
    for (const link of root.querySelectorAll<SVGAElement>("a[href]")) {
      const name = selectedBy(link);
      const place = name && reel.places[name];
      if (!place) continue;
      const way = wayOn(place[2], day);
      const told = reel.ways[way]?.told ?? "";
      const label = link.getAttribute("aria-label") ?? "";
      const before = label.endsWith(told) ? label.slice(0, label.length - told.length) : `${place[0]}: `;
      const holder = link.querySelector<SVGGElement>(":scope > g[transform]");
      const area = link.querySelector<SVGPathElement>(":scope > path.area");
      const draw = holder
        ? (now: Way, number: number) => {
            const parts = (symbols[number] = symbols[number]?.length ? symbols[number] : drawn(now.symbol));
            holder.replaceChildren(...parts.map((part) => part.cloneNode(true)));
          }
        : area
          ? (now: Way) => fillArea(link, area, now)
          : undefined;
      if (draw) this.places.push({ runs: place[2], way, link, title: link.querySelector(":scope > title"), before, draw });
    }
    if (!document.getElementById("reel-patterns")) {
      const holder = document.createElementNS(SVG, "svg");
      holder.id = "reel-patterns";
      holder.setAttribute("class", "figure patterns");
      holder.setAttribute("aria-hidden", "true");
      holder.append(...drawn(reel.patterns));
      document.body.append(holder);
    }
  }

  private readonly reel: Reel;

  /** Show a day: what is drawn otherwise than now is drawn again, and nothing else. */
  show(day: Day): void {
    for (const place of this.places) {
      const number = wayOn(place.runs, day);
      if (number === place.way) continue;
      place.way = number;
      const way = this.reel.ways[number];
      if (!way) continue;
      place.draw(way, number);
      place.link.setAttribute("aria-label", place.before + way.told);
      if (place.title) place.title.textContent = place.before + way.told;
    }
  }

  /** Whether the drawing is on the page, and not the other one for another width. */
  get visible(): boolean {
    return this.root.isConnected && this.root.getClientRects().length > 0;
  }
}

function element(name: string, attributes: Record<string, string | number>): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

/** Draw the answer about an area: its fill, the sides of a dispute each in its part of it, notches where parts differ. */
function fillArea(link: Element, area: SVGPathElement, way: Way): void {
  const kind = way.carried ? "area carried" : "area";
  for (const old of [...link.children]) if (old !== area && old.tagName !== "title") old.remove();
  area.setAttribute("class", kind);
  area.setAttribute("fill", way.fill);
  const shape = area.getAttribute("d") ?? "";
  if (way.halves.length) {
    const box = area.getBBox();
    const name = `${link.id}-sides`;
    const clip = element("clipPath", { id: name });
    clip.append(element("path", { d: shape }));
    const inside = element("g", { class: kind, "clip-path": `url(#${name})` });
    inside.append(element("path", { class: "paper", d: shape }));
    const step = box.width / way.halves.length;
    way.halves.forEach((fill, side) =>
      inside.append(element("rect", { fill, x: box.x + step * side + 2, y: box.y, width: Math.max(step - 4, 1), height: box.height })),
    );
    const sign = element("text", { class: "differs halo", x: box.x + box.width / 2, y: box.y + box.height / 2 + 5, "font-size": 16 });
    sign.textContent = "≠";
    link.append(clip, inside, sign);
  }
  if (way.partial) link.append(element("path", { fill: way.partial, d: shape }));
}
