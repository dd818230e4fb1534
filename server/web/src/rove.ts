// One stop of the keyboard for a figure; the arrows lead to the nearest thing in their direction (roving tabindex).

const DIRECTIONS: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** The parts of a figure that can be stood on. */
function stops(figure: Element): SVGAElement[] {
  return [...figure.querySelectorAll<SVGAElement>("a[href]")];
}

function middle(link: Element): [number, number] {
  const box = link.getBoundingClientRect();
  return [box.left + box.width / 2, box.top + box.height / 2];
}

/** The nearest link in a direction; what lies aside counts double. */
export function nearest(from: SVGAElement, others: SVGAElement[], [dx, dy]: [number, number]): SVGAElement | undefined {
  const [x, y] = middle(from);
  let best: SVGAElement | undefined;
  let least = Infinity;
  for (const other of others) {
    const [ox, oy] = middle(other);
    const along = (ox - x) * dx + (oy - y) * dy;
    const aside = Math.abs((ox - x) * dy) + Math.abs((oy - y) * dx);
    if (other === from || along <= 0.5) continue;
    const far = along + 2 * aside;
    if (far < least) [least, best] = [far, other];
  }
  return best;
}

/** Make the links of a figure one stop. `pointed` is told which link is stood on or pointed at, and when none is. */
export function rove(figure: SVGSVGElement, start: string | null, pointed: (link: SVGAElement | undefined) => void): void {
  const links = stops(figure);
  const first = links.find((link) => start && new URL(link.href.baseVal, location.href).searchParams.get("sel") === start) ?? links.at(-1);
  first?.setAttribute("tabindex", "0");
  figure.addEventListener("focusin", (event) => {
    const link = (event.target as Element).closest<SVGAElement>("a");
    for (const other of links) other.setAttribute("tabindex", other === link ? "0" : "-1");
    pointed(link ?? undefined);
  });
  figure.addEventListener("focusout", () => pointed(undefined));
  figure.addEventListener("pointerover", (event) => pointed((event.target as Element).closest<SVGAElement>("a") ?? undefined));
  figure.addEventListener("keydown", (event) => {
    const link = (event.target as Element).closest<SVGAElement>("a");
    const way = DIRECTIONS[event.key];
    if (!link || !way || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    nearest(link, links, way)?.focus();
  });
}
