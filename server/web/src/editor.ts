// The editor of the query page: CodeMirror with the grammar of SPARQL 1.1; what is wrong is told by the server.
import { autocompletion, closeBrackets, type Completion, type CompletionContext, type CompletionResult, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, isolateHistory } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, hoverTooltip, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { sparql } from "codemirror-lang-sparql";
import type { Words } from "./words";

export type Editor = { text: () => string; set: (text: string) => void; replace: (text: string) => void; mark: (line: number, column: number, words: string) => void; focus: () => void };

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--link)", fontWeight: "600" },
  { tag: tags.variableName, color: "var(--accent)" },
  { tag: [tags.string, tags.literal, tags.number], color: "var(--yes)" },
  { tag: tags.comment, color: "var(--muted)" },
]);
const theme = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--raised)", border: "1px solid var(--line-strong)", borderRadius: "var(--radius)", fontSize: ".875rem" },
  "&.cm-focused": { outline: "3px solid var(--focus)", outlineOffset: "2px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5", minHeight: "12rem", maxHeight: "28rem" },
  ".cm-gutters": { backgroundColor: "var(--sunken)", color: "var(--muted)", borderInlineEnd: "1px solid var(--line)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": { backgroundColor: "color-mix(in srgb, var(--accent) 25%, transparent)" },
  ".cm-tooltip": { color: "var(--ink)", backgroundColor: "var(--raised)", border: "1px solid var(--line-strong)" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { color: "var(--paper)", backgroundColor: "var(--link)" },
  ".cm-told": { margin: "0", padding: ".4rem .7rem", maxWidth: "28rem", font: ".875rem/1.4 var(--sans)" },
});

/** Put an editor into an element: into a shadow tree, where its styles come through the CSSOM and need no inline style. */
export function editor(parent: Element, text: string, words: Words, search: string, onrun: () => void, onchange: () => void): Editor {
  const root = parent.attachShadow({ mode: "open" });
  const view = new EditorView({ parent: root, root, state: state(text) });
  function state(doc: string) {
    return EditorState.create({
      doc,
      extensions: [
        lineNumbers(),
        history(),
        drawSelection(),
        bracketMatching(),
        closeBrackets(),
        sparql(),
        theme,
        syntaxHighlighting(colours),
        autocompletion({ override: [(context) => offered(context, words, search)] }),
        hoverTooltip((shown, at) => {
          const line = shown.state.doc.lineAt(at);
          for (const found of line.text.matchAll(/[\w-]+:[\w-]+/g)) {
            const from = line.from + found.index;
            const term = words.terms.find((each) => each.name === found[0]);
            if (term && from <= at && at <= from + found[0].length) {
              const dom = document.createElement("p");
              dom.className = "cm-told";
              dom.textContent = `${term.label}. ${term.comment}`;
              return { pos: from, create: () => ({ dom }) };
            }
          }
          return null;
        }),
        // a browser that replaces what is selected keeps its look by a style in an attribute, which the policy refuses
        EditorView.domEventHandlers({
          beforeinput(event, view) {
            if (event.inputType !== "insertText" || !event.data || view.state.selection.main.empty) return false;
            event.preventDefault();
            view.dispatch(view.state.replaceSelection(event.data), { userEvent: "input.type" });
            return true;
          },
        }),
        // Tab leaves the editor, so that the keyboard is not caught in it
        keymap.of([{ key: "Mod-Enter", run: () => (onrun(), true) }, ...completionKeymap, ...historyKeymap, ...defaultKeymap]),
        EditorView.contentAttributes.of({ "aria-label": "SPARQL query", spellcheck: "false", dir: "ltr", tabindex: "0" }),
        EditorView.updateListener.of((update) => update.docChanged && onchange()),
      ],
    });
  }
  return {
    text: () => view.state.doc.toString(),
    // another text, with a past of its own; or this one, otherwise: that can be undone
    set: (doc) => view.setState(state(doc)),
    replace: (doc) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: doc }, annotations: isolateHistory.of("full") }),
    mark(line, column, told) {
      const doc = view.state.doc;
      const at = doc.line(Math.min(Math.max(line, 1), doc.lines));
      const from = Math.min(at.from + Math.max(column - 1, 0), at.to);
      view.dispatch(setDiagnostics(view.state, [{ from, to: Math.min(from + 1, doc.length), severity: "error", message: told }]));
      view.dispatch({ selection: { anchor: from }, scrollIntoView: true });
    },
    focus: () => view.focus(),
  };
}

/** Variables of the query, prefixes, terms, and things by what they are called. */
async function offered(context: CompletionContext, words: Words, search: string): Promise<CompletionResult | null> {
  const variable = context.matchBefore(/[?$]\w*/);
  if (variable) {
    const names = new Set(context.state.doc.toString().match(/[?$]\w+/g));
    names.delete(variable.text);
    return { from: variable.from, options: [...names].map((label) => ({ label, type: "variable" })) };
  }
  const named = context.matchBefore(/[\w-]+:[\w-]*/);
  if (named) {
    const [prefix, rest] = named.text.split(":") as [string, string];
    const options: Completion[] = words.terms
      .filter((term) => term.name.startsWith(`${prefix}:`))
      .map((term) => ({ label: term.name, detail: term.label, info: term.comment, type: term.kind === "Class" ? "class" : "property" }));
    if (["place", "actor", "source", "event"].includes(prefix) && rest.length > 1) options.push(...(await things(prefix, rest, search)));
    return { from: named.from, options };
  }
  const word = context.matchBefore(/\w+/);
  if (!word && !context.explicit) return null;
  const options: Completion[] = [
    ...KEYWORDS.map((label) => ({ label, type: "keyword" })),
    ...Object.entries(words.prefixes).map(([name, iri]) => ({ label: `${name}:`, detail: iri, type: "namespace" })),
    ...words.terms.map((term) => ({ label: term.name, detail: term.label, info: term.comment, type: "property" })),
  ];
  return { from: word?.from ?? context.pos, options };
}

async function things(kind: string, words: string, search: string): Promise<Completion[]> {
  try {
    const response = await fetch(`${search}?${new URLSearchParams({ q: words.replaceAll("-", " "), kind, limit: "20" })}`);
    if (!response.ok) return [];
    const told = (await response.json()) as { found: { slug: string; label: string }[] };
    return told.found.map((each) => ({ label: `${kind}:${each.slug}`, detail: each.label, type: "constant" }));
  } catch {
    return []; // completion is a help; without it one goes on typing
  }
}

const KEYWORDS = "SELECT DISTINCT WHERE FILTER OPTIONAL UNION MINUS GRAPH VALUES BIND PREFIX CONSTRUCT ASK DESCRIBE ORDER BY GROUP HAVING LIMIT OFFSET COUNT SAMPLE MIN MAX SUM AVG EXISTS NOT STR LANG DATATYPE COALESCE IF BOUND CONTAINS STRSTARTS REGEX".split(" ");
