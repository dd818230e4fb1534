// A query laid out: a pattern a line, groups set in. Nothing but white space is changed.

const TOKEN = /(#[^\n]*)|("""[\s\S]*?"""|'''[\s\S]*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|(<[^<>"{}|^`\\\s]*>)|([?$]?[\w-]*:[\w:%\\.~!$&'*+,;=/?#@-]*[\w-]|[?$]?[\w-]+:?|[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|([{}()[\].;,])|(\S)/gu;
const BEGIN = /^(PREFIX|BASE|SELECT|CONSTRUCT|ASK|DESCRIBE|FROM|WHERE|GROUP|ORDER|HAVING|LIMIT|OFFSET|VALUES|FILTER|BIND|OPTIONAL|MINUS|GRAPH|SERVICE|UNION)$/i;

/** The same query with a line for each pattern. A text that is no query comes back as it hangs together. */
export function formatted(text: string): string {
  const lines: string[] = [];
  const groups: string[] = []; // what opened each group that is open
  let [line, deep, round, hanging, last, opener] = ["", 0, 0, false, "", ""];
  function end() {
    if (line) lines.push("  ".repeat(Math.max(0, deep)) + line);
    line = "";
  }
  let at = 0;
  for (const found of text.matchAll(TOKEN)) {
    const [token, comment, , , word, mark] = found;
    const gap = text.slice(at, found.index);
    at = found.index + token.length;
    if (/\n\s*\n/.test(gap) && !round && (!line || comment || BEGIN.test(token))) {
      end();
      if (lines.length && lines.at(-1) && last !== "{") lines.push("");
    }
    if (comment) {
      const beside = line || (!gap.includes("\n") && lines.at(-1));
      if (!beside) line = token;
      else if (line) line += ` ${token}`;
      else lines.push(`${lines.pop()} ${token}`);
      end();
    } else if (mark === "{") {
      line += line ? " {" : "{";
      end();
      groups.push(opener);
      [deep, hanging, opener] = [deep + 1 + (hanging ? 1 : 0), false, ""];
    } else if (mark === "}") {
      end();
      groups.pop();
      deep = groups.length;
      line = "}";
      [hanging, opener] = [false, ""];
      if (!round) end();
    } else {
      const data = /^VALUES$/i.test(groups.at(-1) ?? "");
      if (word && BEGIN.test(word) && !round && !data) {
        end();
        opener = word;
      } else if (data && gap.includes("\n")) end();
      const tight = !line || (gap === "" && last !== "." && last !== ";") || /[([]$/.test(line) || mark === ")" || mark === "]" || mark === ",";
      line += (tight ? "" : " ") + token;
      if (mark === "(" || mark === "[") round++;
      if (mark === ")" || mark === "]") round = Math.max(0, round - 1);
      if (!round && mark === ".") {
        if (gap === "" && line.length > 1) line = `${line.slice(0, -1)} .`;
        end();
        [deep, hanging] = [groups.length, false];
      } else if (!round && mark === ";") {
        if (gap === "" && line.length > 1) line = `${line.slice(0, -1)} ;`;
        end();
        [deep, hanging] = [groups.length + 1, true];
      } else if (hanging && word && BEGIN.test(word)) {
        [deep, hanging] = [groups.length, false];
      }
    }
    last = token;
  }
  end();
  return `${lines.join("\n").trim()}\n`;
}
