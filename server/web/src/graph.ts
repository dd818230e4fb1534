// The graph page: the picture beside the lists that the server makes.
import { mount } from "svelte";
import Explorer from "./Explorer.svelte";

const holder = document.querySelector<HTMLElement>("[data-island=graph]");
if (holder) {
  const { sel = "", ties = "", way = "", both = "", names = "", query = "" } = holder.dataset;
  mount(Explorer, { target: holder, props: { sel, doors: { ties, way, both }, names: names.split(" "), query } });
  holder.dataset.ready = "";
}
