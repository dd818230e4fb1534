// The picture of a graph: what is in it, and where each thing stands.
import { forceCenter, forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY, type SimulationLinkDatum, type SimulationNodeDatum } from "d3-force";

export type Thing = { id: string; label: string; kind: string; page: string; day?: string | null };
export type Node = SimulationNodeDatum & Thing & { x: number; y: number };
export type Edge = { key: string; from: string; to: string; label: string };

/** How many things are drawn; of more the page says what it leaves out. */
export const MOST = 400;

/** A generator of numbers that are the same in every browser (a linear congruence, as d3-force has by itself). */
function seeded(): () => number {
  let state = 1;
  return () => (state = (1664525 * state + 1013904223) % 4294967296) / 4294967296;
}

/**
 * Give every node a place. Those that have one move little, those that are pinned stay; the same graph, built in the same
 * order, looks the same.
 */
export function place(nodes: Node[], edges: Edge[], width: number, height: number, pinned: Set<string> = new Set(), ticks = nodes.length > 150 ? 120 : 220): void {
  for (const node of nodes) [node.fx, node.fy] = pinned.has(node.id) ? [node.x, node.y] : [null, null];
  const links: SimulationLinkDatum<Node>[] = edges.map((edge) => ({ source: edge.from, target: edge.to }));
  const simulation = forceSimulation(nodes)
    .randomSource(seeded())
    .force("link", forceLink<Node, SimulationLinkDatum<Node>>(links).id((node) => node.id).distance(110).strength(0.4))
    .force("charge", forceManyBody().strength(-420))
    .force("collide", forceCollide(30))
    .force("x", forceX(width / 2).strength(0.06))
    .force("y", forceY(height / 2).strength(0.09))
    .force("center", forceCenter(width / 2, height / 2))
    .stop();
  simulation.tick(ticks);
  // everything inside: a figure has no edges to fall over
  if (pinned.size) {
    for (const node of nodes) [node.x, node.y] = [Math.min(Math.max(node.x, 70), width - 70), Math.min(Math.max(node.y, 30), height - 30)];
    return;
  }
  const [xs, ys] = [nodes.map((node) => node.x), nodes.map((node) => node.y)];
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const scale = Math.min(1.6, (width - 140) / Math.max(1, right - left), (height - 60) / Math.max(1, bottom - top));
  for (const node of nodes) {
    node.x = 70 + (width - 140) / 2 + (node.x - (left + right) / 2) * scale;
    node.y = 30 + (height - 60) / 2 + (node.y - (top + bottom) / 2) * scale;
  }
}

/** The shape of each kind of thing around the origin. */
export const SHAPES: Record<string, string> = {
  place: "M-8-8h16v16h-16z",
  actor: "M0-11L11 0L0 11L-11 0z",
  event: "M0-9A9 9 0 1 1 0 9A9 9 0 1 1 0-9z",
  claim: "M0-10L10 8H-10z",
  source: "M-5-9h10l5 9l-5 9h-10l-5-9z",
};
export const OTHER = "M0-6A6 6 0 1 1 0 6A6 6 0 1 1 0-6z";
