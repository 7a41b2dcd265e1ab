// The table of trades: all trades stand in a block of data; the page holds one sheet of those that the filters leave.
{
  const { trades, variants, columns: names, open, fills, sheet } = JSON.parse(document.getElementById("trades-data").textContent);
  const byId = (name) => document.getElementById(`trades-${name}`);
  const table = byId("table"), filters = ["variant", "outcome", "text"].map(byId);
  const [ofVariant, ofOutcome, ofText] = filters;
  const fixed = (digits, options) => new Intl.NumberFormat("en", { minimumFractionDigits: digits, maximumFractionDigits: digits, ...options });
  const whole = fixed(0), money = fixed(2), signed = fixed(2, { signDisplay: "always" });
  const amount = fixed(trades.every((values) => Number.isInteger(values[names.indexOf("size")])) ? 0 : 4);
  const gain = { format: (value) => (value ? signed : money).format(value) }; // what rounds to 0 keeps its sign
  const forms = {
    variant: (place) => variants[place], ticker: String, opened: String, closed: String,
    profit: gain.format, days: whole.format, size: amount.format, costs: money.format,
  };
  const texts = ["variant", "ticker", "opened", "closed"];
  const rows = trades.map((values) => Object.fromEntries(names.map((name, column) => [name, values[column]])));
  const sortKey = (row, name) => (name === "variant" ? variants[row.variant] : row[name]);
  let sorted = rows, first = 0, days = null;

  const outcomes = { "": () => true, won: (row) => row.profit > 0, lost: (row) => row.profit <= 0 };
  const isInWindow = ({ closed }) => !days || (days.first < closed && closed <= days.last);
  const isAsked = (row) => {
    if (!isInWindow(row)) return false;
    const words = ofText.value.trim().toLowerCase();
    const text = () => names.map((name) => forms[name](row[name])).join(" ").toLowerCase();
    return (ofVariant.value === "" || row.variant === Number(ofVariant.value)) && outcomes[ofOutcome.value](row) && (!words || text().includes(words));
  };

  const lineOf = (row) => {
    const line = document.createElement("tr");
    names.forEach((name, column) => {
      const cell = document.createElement(column ? "td" : "th");
      if (!column) cell.scope = "row";
      if (texts.includes(name)) cell.className = "text";
      if (name === "profit") cell.className = row.profit > 0 ? "gain" : "loss";
      cell.textContent = forms[name](row[name]);
      line.append(cell);
    });
    return line;
  };

  const openText = () => {
    const chosen = ofVariant.value === "" ? open : [open[Number(ofVariant.value)]];
    const held = chosen.reduce((total, [positions]) => total + positions, 0);
    const earned = chosen.reduce((total, [positions, profit]) => total + (positions ? profit : 0), 0);
    const [positions, are, their] = held === 1 ? ["position", "is", "its"] : ["positions", "are", "their"];
    const whose = ofVariant.value === "" && held > 1 ? " of all variants together" : "";
    return held ? `${whole.format(held)} ${positions}${whose} ${are} still open at the end of the whole test and not in the table; ${their} profit so far is ${gain.format(earned)}.` : "";
  };

  const show = () => {
    const asked = sorted.filter(isAsked);
    first = Math.max(0, Math.min(first, Math.floor((asked.length - 1) / sheet) * sheet));
    const shown = asked.slice(first, first + sheet), profit = asked.reduce((total, row) => total + row.profit, 0);
    const won = asked.filter(outcomes.won).length;
    table.tBodies[0].replaceChildren(...shown.map(lineOf));
    const span = days ? `, closed after ${days.first} and until ${days.last}` : "";
    const which = shown.length < asked.length ? `, ${whole.format(first + 1)} to ${whole.format(first + shown.length)} shown` : "";
    byId("count").textContent = asked.length
      ? `${whole.format(asked.length)} of ${whole.format(rows.length)} trades${span}${which}: ${whole.format(won)} won, ${whole.format(asked.length - won)} did not; together ${gain.format(profit)}.`
      : `None of ${whole.format(rows.length)} trades${days ? ` was closed after ${days.first} and until ${days.last} and` : ""} fits what is chosen here.`;
    byId("fills").textContent = ofVariant.value === "" ? "" : fills[Number(ofVariant.value)];
    byId("open").textContent = openText();
    table.classList.toggle("of-one", ofVariant.value !== "");
    byId("before").disabled = first === 0;
    byId("after").disabled = first + sheet >= asked.length;
    byId("sheets").hidden = asked.length <= sheet;
  };
  const showFrom = (place) => {
    first = place;
    show();
  };

  sortByHeadings(table, (column, down) => {
    sorted = inOrder(rows, (row) => sortKey(row, names[column]), down);
    showFrom(0);
  });
  for (const filter of filters) filter.addEventListener("input", () => showFrom(0));
  byId("before").addEventListener("click", () => showFrom(first - sheet));
  byId("after").addEventListener("click", () => showFrom(first + sheet));
  document.addEventListener("chosen", ({ detail }) => {
    if (ofVariant.value === "") return;
    ofVariant.value = String(detail.slots[0]);
    showFrom(0);
  });
  document.addEventListener("window", ({ detail }) => {
    days = detail;
    showFrom(0);
  });
  show();
}
