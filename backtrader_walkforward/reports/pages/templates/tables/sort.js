// A click on a heading sorts its table: figures downwards first, text upwards; what is missing stays at the end, and the benchmark last.
"use strict";
const compareKeys = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en"));

/* Return items in the order of their keys. */
const inOrder = (items, keyOf, down) => {
  const keyed = items.map((item) => ({ item, key: keyOf(item) }));
  const isMissing = ({ key }) => key === "" || key === null;
  const known = keyed.filter((one) => !isMissing(one));
  known.sort((a, b) => (down ? compareKeys(b.key, a.key) : compareKeys(a.key, b.key)));
  return [...known, ...keyed.filter(isMissing)].map(({ item }) => item);
};

/* Make buttons of a table's headings; each calls `sort` with its column, and whether it goes downwards. */
const sortByHeadings = (table, sort) => {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.ariaSort ? head.ariaSort === "ascending" : !head.classList.contains("text");
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      sort(column, down);
    });
  });
};

for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[table.tBodies.length - 1];
  const keyOf = (row, column) => {
    const cell = row.cells[column], data = cell.querySelector("data");
    const text = data ? data.value : cell.textContent.trim();
    return text === "" || isNaN(text) ? text : Number(text);
  };
  const isBenchmark = (row) => row.classList.contains("benchmark");
  sortByHeadings(table, (column, down) => {
    const rows = [...body.rows], sorted = inOrder(rows.filter((row) => !isBenchmark(row)), (row) => keyOf(row, column), down);
    body.append(...sorted, ...rows.filter(isBenchmark));
  });
}
