// The form of a claim: names are searched while one types, dates are read, and the answer comes without leaving the page,
// so that the token is typed once. It is in no storage and no address: it goes with each request, and with the page.
import { mount, unmount } from "svelte";
import { banner } from "./banner";
import Search from "./Search.svelte";

const holder = document.querySelector<HTMLElement>("[data-island=claim]");
if (holder) {
  prepare(holder);
  holder.dataset.ready = "";
}

/** Give the fields of a form their lists and readings, and the form its sending. */
function prepare(holder: HTMLElement) {
  const address = document.querySelector<HTMLElement>("form.finding")?.dataset.search ?? "";
  const lists = [...holder.querySelectorAll<HTMLInputElement>("input[data-names]")].map((input) =>
    mount(Search, { target: input.parentElement ?? holder, props: { input, address, kind: input.dataset.names, name: input.id, pick: (slug) => put(input, slug) } }),
  );
  for (const input of holder.querySelectorAll<HTMLInputElement>("input[data-reads]")) reads(input);
  const form = holder.querySelector<HTMLFormElement>("form.claim");
  const told = form && banner(form);
  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.ariaBusy === "true") return;
    form.ariaBusy = "true";
    const button = event.submitter as HTMLButtonElement | null;
    void send(form, button)
      .then((fresh) => {
        for (const list of lists) void unmount(list);
        const token = form.querySelector<HTMLInputElement>("#token")?.value ?? "";
        holder.replaceChildren(...fresh.childNodes);
        const field = holder.querySelector<HTMLInputElement>("#token");
        if (field) field.value = token;
        prepare(holder);
        holder.querySelector<HTMLElement>("[data-outcome]")?.focus();
      })
      .catch((error: Error) => told?.fault(`${error.message} What you filled in is still here.`, () => form.requestSubmit(button)))
      .finally(() => (form.ariaBusy = "false"));
  });
}

/** Send a form; what the page of the answer has in its place. Raises Error, with words for people. */
async function send(form: HTMLFormElement, button: HTMLButtonElement | null): Promise<Element> {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form, button)) body.append(name, String(value));
  const token = (body.get("token") ?? "").trim();
  const headers: Record<string, string> = { Accept: "text/html" };
  if (/^[!-~]+$/.test(token)) {
    headers.Authorization = `Bearer ${token}`;
    body.delete("token");
  }
  let page: Document;
  try {
    const response = await fetch(form.action, { method: "POST", body, headers });
    page = new DOMParser().parseFromString(await response.text(), "text/html");
  } catch {
    throw new Error("The service does not answer.");
  }
  const fresh = page.querySelector("[data-island=claim]");
  if (!fresh) throw new Error(`The service answered: ${page.querySelector("h1")?.textContent ?? page.body.textContent}.`);
  return fresh;
}

/** Put a name into a field; of several, in place of the last one. */
function put(input: HTMLInputElement, slug: string) {
  const before = input.value.slice(0, input.value.lastIndexOf(",") + 1);
  const several = input.name === "parties" || input.name === "claimant" || input.name.endsWith("derivedFrom");
  input.value = several && before ? `${before} ${slug}` : slug;
}

/** Say how a date is read while it is typed. */
function reads(input: HTMLInputElement) {
  const told = document.getElementById(`${input.id}-told`)?.querySelector(".reading");
  let [timer, asked] = [0, 0];
  input.addEventListener("input", () => {
    clearTimeout(timer);
    const number = ++asked;
    timer = window.setTimeout(async () => {
      const text = input.value.trim();
      let words = "";
      try {
        const response = text ? await fetch(`${input.dataset.reads}?${new URLSearchParams({ when: text })}`) : undefined;
        const found = (await response?.json()) as { read: boolean; words: string } | undefined;
        if (found) words = `${found.read ? "read as" : "kept as a text:"} ${found.words}`;
      } catch {
        words = "";  // the check says it all the same
      }
      if (told && number === asked) told.textContent = words;
    }, 250);
  });
}
