// One stop of the keyboard for a figure; the arrows lead to the nearest thing in their direction (roving tabindex).

const DIRECTIONS: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function middle(link: Element): [number, number] {
  const box = link.getBoundingClientRect();
  return [box.left + box.width / 2, box.top + box.height / 2];
}

/** The nearest of some parts in a direction; what lies aside counts double. */
export function nearest(from: SVGElement, others: SVGElement[], [dx, dy]: [number, number]): SVGElement | undefined {
  const [x, y] = middle(from);
  let best: SVGElement | undefined;
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

/**
 * Make parts of a figure one stop, `first` to begin with. `pointed` is told which of them is stood on or pointed at, and
 * when none is.
 */
export function rove(figure: SVGSVGElement, parts: SVGElement[], first: SVGElement | undefined, pointed: (part: SVGElement | undefined) => void): void {
  const all = new Set<Element>(parts);
  const of = (event: Event): SVGElement | undefined => {
    for (let at = event.target as Element | null; at && at !== figure; at = at.parentElement) if (all.has(at)) return at as SVGElement;
    return undefined;
  };
  let stop = first ?? parts[0];
  stop?.setAttribute("tabindex", "0");
  figure.addEventListener("focusin", (event) => {
    const part = of(event);
    if (part && part !== stop) {
      stop?.setAttribute("tabindex", "-1");
      part.setAttribute("tabindex", "0");
      stop = part;
    }
    pointed(part);
  });
  figure.addEventListener("focusout", () => pointed(undefined));
  figure.addEventListener("pointerover", (event) => pointed(of(event)));
  figure.addEventListener("keydown", (event) => {
    const part = of(event);
    const way = DIRECTIONS[event.key];
    if (!part || !way || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    nearest(part, parts, way)?.focus();
  });
}
