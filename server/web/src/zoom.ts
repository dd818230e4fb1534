// Closer and farther in a figure that has a viewBox: Ctrl and the wheel, or two fingers, at the pointer; dragging moves it.
// Whatever it is for has buttons that do the same.

export type Zoom = { by: (times: number) => void; whole: () => void };

/** How many times as large a figure is shown at most. */
export const CLOSEST = 8;

/** Make a figure one that can be looked at closer. `told` is called with how many times as large it is shown. */
export function zoomed(figure: SVGSVGElement, told: (times: number) => void): Zoom {
  const { width, height } = figure.viewBox.baseVal;
  let [times, left, top] = [1, 0, 0];
  function show() {
    left = Math.min(Math.max(left, 0), width - width / times);
    top = Math.min(Math.max(top, 0), height - height / times);
    figure.setAttribute("viewBox", `${left} ${top} ${width / times} ${height / times}`);
    told(times);
  }
  /** Change the size, with one point of the figure (as shares of what is seen) left where it is. */
  function by(factor: number, across = 0.5, down = 0.5) {
    const now = Math.min(Math.max(times * factor, 1), CLOSEST);
    left += (width / times - width / now) * across;
    top += (height / times - height / now) * down;
    times = now;
    show();
  }
  figure.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey && !event.metaKey) return; // the page scrolls
      event.preventDefault();
      const box = figure.getBoundingClientRect();
      by(2 ** (-event.deltaY / 200), (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
    },
    { passive: false },
  );
  figure.addEventListener("pointermove", (event) => {
    if (!(event.buttons & 1) || times === 1 || event.pointerType === "touch") return;
    const box = figure.getBoundingClientRect();
    left -= (event.movementX * width) / times / box.width;
    top -= (event.movementY * height) / times / box.height;
    show();
  });
  return { by, whole: () => ((times = 1), show()) };
}

/**
 * Call `by` with the turns of the wheel over something, with Ctrl held (two fingers on a pad are told so too), when it rests:
 * how many times as large, and where on the screen. Without Ctrl the page scrolls.
 */
export function wheeled(over: Element, by: (factor: number, event: WheelEvent) => void): void {
  let [turned, waiting] = [0, 0];
  over.addEventListener(
    "wheel",
    (event) => {
      const turn = event as WheelEvent;
      if (!turn.ctrlKey && !turn.metaKey) return;
      turn.preventDefault();
      turned -= turn.deltaY;
      clearTimeout(waiting);
      waiting = window.setTimeout(() => {
        by(2 ** (Math.sign(turned) * Math.max(1, Math.round(Math.abs(turned) / 200))), turn);
        turned = 0;
      }, 150);
    },
    { passive: false },
  );
}
