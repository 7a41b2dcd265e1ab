// A click on a heading sorts its table: figures downwards first, text upwards; what is missing stays at the end.
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[table.tBodies.length - 1];
  const heads = [...table.tHead.rows[0].cells];
  const keyOf = (row, column) => {
    const cell = row.cells[column], data = cell.querySelector("data");
    const text = data ? data.value : cell.textContent.trim();
    return text === "" || isNaN(text) ? text : Number(text);
  };
  const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en"));
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const rows = [...body.rows].map((row) => ({ row, key: keyOf(row, column) }));
      const isText = head.classList.contains("text");
      const down = head.ariaSort ? head.ariaSort === "ascending" : !isText;
      const [known, missing] = [rows.filter(({ key }) => key !== ""), rows.filter(({ key }) => key === "")];
      known.sort((a, b) => (down ? compare(b.key, a.key) : compare(a.key, b.key)));
      body.append(...[...known, ...missing].map(({ row }) => row));
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
    });
  });
}
