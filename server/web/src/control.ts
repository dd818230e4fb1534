// The graph of control: its picture under a time bar, beside the lists that the server makes.
import { mount } from "svelte";
import { banner } from "./banner";
import { iso, type Day } from "./days";
import Held from "./Held.svelte";
import { reelAt } from "./reel";
import TimeBar from "./TimeBar.svelte";
import { NotTurned, tidy, turn } from "./turn";

const holder = document.querySelector<HTMLElement>("[data-island=control]");
if (holder) void start(holder);

async function start(holder: HTMLElement) {
  const { fault, clear } = banner(holder);
  const reel = await reelAt(holder.dataset.reel ?? "");
  if (!reel) return fault("The days of this graph could not be had; the lists below are whole.", () => location.reload());
  const day = Number(holder.dataset.until);
  const pointed = document.createElement("p");
  pointed.className = "pointed";
  const picture = document.createElement("div");
  holder.after(pointed, picture);
  const held = mount(Held, { target: picture, props: { reel, day, onpoint: (words: string) => (pointed.textContent = words) } });
  const bar = mount(TimeBar, { target: holder, props: { reel, day, onstep: held.show, onsettle: settle } });
  holder.dataset.ready = "";

  async function go(address: string, push: boolean) {
    if (push && address !== location.pathname + location.search) history.pushState(null, "", address);
    held.settle();
    try {
      if (await turn(address)) clear();
    } catch (error) {
      if (error instanceof NotTurned) fault(error.message, () => void go(address, false));
      else throw error;
    }
  }
  function settle(at: Day) {
    const address = new URL(location.href);
    address.searchParams.set("at", iso(at));
    void go(tidy(address), true);
  }
  addEventListener("popstate", () => {
    bar.jump(new URLSearchParams(location.search).get("at") ?? iso(Number(holder.dataset.last)));
    void go(location.pathname + location.search, false);
  });
}
