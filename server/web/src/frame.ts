// What every page has: search while one types, keys, the switch of schemes, and the font for all three scripts.
import "@fontsource-variable/vazirmatn/wght.css";
import { mount } from "svelte";
import Keys from "./Keys.svelte";
import Scheme from "./Scheme.svelte";
import Search from "./Search.svelte";

const form = document.querySelector<HTMLFormElement>("form.finding");
const input = form?.querySelector<HTMLInputElement>("input[type=search]");
if (form && input) mount(Search, { target: form, props: { input, address: form.dataset.search ?? "" } });

const switches = document.querySelector(".switches");
if (switches) {
  mount(Scheme, { target: switches });
  mount(Keys, { target: switches });
}
