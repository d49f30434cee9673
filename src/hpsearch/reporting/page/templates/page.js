"use strict";
// Everything is on the page without this script; it makes tables sortable, commands easy to copy, and charts answer.
const page = (() => {
  const said = document.getElementById("said");
  const say = (text) => { said.textContent = text; };
  const made = (tag, text, parent) => {
    const element = document.createElement(tag);
    element.textContent = text;
    parent.append(element);
    return element;
  };

  // -- commands to copy

  const selected = (code) => {
    const range = document.createRange();
    range.selectNodeContents(code);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
  };
  for (const box of document.querySelectorAll(".copied")) {
    const code = box.querySelector("code");
    const button = made("button", "Copy", box);
    button.type = "button";
    button.setAttribute("aria-label", box.tagName === "DIV" ? "Copy" : `Copy: ${code.textContent}`);
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(code.textContent);
        say("copied");
        button.textContent = "Copied";
      } catch {
        selected(code);
        say("selected; copy it with the keys of your system");
      }
    });
  }

  // -- tables that can be sorted

  const key = (row, place) => {
    const cell = row.cells[place];
    const text = cell.dataset.key ?? cell.textContent.trim();
    const number = text === "" ? NaN : Number(text);
    return Number.isNaN(number) ? text : number;
  };
  const compared = (one, other) => {
    if (one === "" || other === "") return (one === "") - (other === "");
    if (typeof one !== typeof other) return typeof one === "number" ? -1 : 1;
    return one < other ? -1 : one > other ? 1 : 0;
  };
  const sorted = (rows, place, sign) => {
    const keyed = rows.map((row) => [key(row, place), row]);
    // What has no value stays last, whichever way.
    keyed.sort(([one], [other]) => (one === "" || other === "" ? 1 : sign) * compared(one, other));
    return keyed.map(([, row]) => row);
  };
  // Has the heads of a table sort it: `lay` is given its rows in the new order.
  const sortable = (table, lay) => {
    const rows = [...table.tBodies[0].rows];
    [...table.tHead.rows[0].cells].forEach((head, place, heads) => {
      const name = head.textContent;
      head.textContent = "";
      const button = made("button", name, head);
      button.type = "button";
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        lay(sorted(rows, place, down ? -1 : 1));
        say(`sorted by ${name}, ${down ? "descending" : "ascending"}`);
      });
    });
  };
  for (const table of document.querySelectorAll("table.sorts:not(#all)")) {
    sortable(table, (rows) => table.tBodies[0].replaceChildren(...rows));
  }

  // -- the table of trials

  const STEP = 500;
  const table = document.getElementById("all");
  const body = table && table.tBodies[0];
  const rows = table ? [...body.rows] : [];
  let order = rows;
  let wanted = () => true;
  let open = STEP;
  let more = null;

  const laid = () => {
    // Of thousands of rows a browser lays out some hundreds at a time.
    const kept = order.filter(wanted);
    body.replaceChildren(...kept.slice(0, open));
    more.hidden = kept.length <= open;
    more.textContent = `Show all ${kept.length} rows (${open} now)`;
    return kept.length;
  };
  if (table) {
    more = made("button", "", table.parentElement.parentElement);
    more.type = "button";
    more.id = "more";
    more.addEventListener("click", () => { open = Infinity; laid(); });
    sortable(table, (sorted) => { order = sorted; laid(); });
    laid();
  }

  const heads = table ? [...table.tHead.rows[0].cells].map((head) => head.textContent) : [];
  const byTrial = new Map(rows.map((row) => [row.querySelector("th").textContent.trim(), row]));
  return {
    say,
    made,
    // What is known of a trial, a line for each column that it has something in.
    told: (trial) => {
      const cells = byTrial.has(trial) ? [...byTrial.get(trial).cells].map((cell) => cell.textContent.trim()) : [];
      const lines = cells.map((text, place) => text && `${heads[place]}: ${text}`).filter(Boolean);
      return lines.length ? lines : [`trial: ${trial}`];
    },
    // Keep these trials in the table only; all of them if it is given none.
    pick: (trials) => {
      wanted = trials ? (row) => trials.has(row.querySelector("th").textContent.trim()) : () => true;
      if (table) laid();
    },
  };
})();
