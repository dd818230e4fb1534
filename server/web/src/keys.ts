/** The keys of all pages: which, and what each does. */
export const shortcuts: [string[], string][] = [
  [["/"], "search"],
  [["?"], "this list"],
  [["g", "m"], "go to the map; t timeline, r routes, n graph, q query, d dossier, o ontology, h overview"],
  [["t"], "the table with the same as the figure"],
  [["[", "]"], "on a map: the change before, the change after"],
  [["Space"], "on the time bar: play and pause"],
  [["← ↑ ↓ →"], "in a figure: the nearest thing in that direction"],
  [["Enter"], "in a figure: all about the thing, and who says so"],
  [["+", "−", "0"], "on a map: closer, farther, the whole map"],
  [["Ctrl", "wheel"], "over a map, a graph or a timeline: closer, farther"],
  [["Esc"], "back to the figure; again: nothing is marked"],
];
