// From a point of a map back to the position on earth: the inverse of the conic projection in kg/figures/outlines.py
// (Snyder, Map Projections: A Working Manual, pages 107 to 109).

const DEGREE = Math.PI / 180;

/** Longitude and latitude, in degrees, of the middle of a map that is shown `factor` times as large while the point of the
 * screen stays where it is; undefined where the drawing is no map. */
export function middle(figure: SVGSVGElement, clientX: number, clientY: number, factor: number): [number, number] | undefined {
  const frame = figure.querySelector<SVGRectElement>("rect.frame[data-onto]");
  const matrix = frame?.getScreenCTM();
  if (!frame || !matrix) return undefined;
  const [meridian = 0, n = 1, f = 1, scale = 1, left = 0, top = 0] = (frame.dataset.onto ?? "").split(" ").map(Number);
  const point = new DOMPoint(clientX, clientY).matrixTransform(matrix.inverse());
  const { x, y, width, height } = frame.getBBox();
  const at = { x: point.x + (x + width / 2 - point.x) / factor, y: point.y + (y + height / 2 - point.y) / factor };
  const [across, down] = [(at.x - left) / scale, (at.y - top) / scale];
  const rho = Math.sign(n) * Math.hypot(across, down);
  const theta = Math.atan2(Math.sign(n) * across, Math.sign(n) * down);
  return [meridian + theta / n / DEGREE, (2 * Math.atan((f / rho) ** (1 / n)) - Math.PI / 2) / DEGREE];
}
