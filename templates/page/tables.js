"use strict";
// Tables: sorting, keyboard, headings for the phone's cards, download.
{
  const { make, all, BLANK } = Page;
  const FEW = 6;
  const order = () => [...CITY.verdicts, "未纳入"];

  /** What a cell is sorted by: a number, a verdict's place, a text; null (always last) for a blank. */
  function sortKey(cell) {
    const text = cell.textContent.trim();
    if (text === "" || text === BLANK) return null;
    // A cell may hold words beside its number (未达7.35): what to sort by is then said with it.
    if (cell.dataset.sort) return Number(cell.dataset.sort);
    if (order().includes(text)) return order().indexOf(text);
    const share = text.match(/^(\d+)\/(\d+)/);
    if (share) return Number(share[1]) / Number(share[2]);
    const number = Number.parseFloat(text);
    return Number.isNaN(number) || /年|[一-龥]/.test(text) ? text : number;
  }

  function compare(one, other) {
    if (typeof one === "number" && typeof other === "number") return one - other;
    return String(one).localeCompare(String(other), "zh-CN", { numeric: true });
  }

  function sort(table, head, up) {
    all("th[aria-sort]", table).forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const column = Number(head.dataset.column);
    const body = table.tBodies[0];
    const keyed = [...body.rows].map((row, place) => ({ row, place, key: sortKey(row.cells[column]) }));
    keyed.sort((a, b) => {
      if (a.key === null || b.key === null) return (a.key === null) - (b.key === null) || a.place - b.place;
      return (up ? compare(a.key, b.key) : compare(b.key, a.key)) || a.place - b.place;
    });
    body.append(...keyed.map((entry) => entry.row));
    Page.arranged(table);
  }

  /** Whenever rows came, went or changed places. The links of a table are one stop of the tabulator (roving tabindex), or a
   *  matrix of 300 would take 300 presses; arrows move among them. A phone shows the first cards and a button for the others. */
  Page.arranged = (table) => {
    const rows = [...table.tBodies[0].rows].filter((row) => !row.hidden);
    const links = rows.flatMap((row) => all("a", row));
    links.forEach((link, place) => (link.tabIndex = place ? -1 : 0));
    rows.forEach((row, place) => row.classList.toggle("beyond", place >= FEW));
    const more = table.nextElementSibling;
    more.hidden = rows.length <= FEW;
    more.textContent = `显示全部${rows.length}项`;
    if (rows.some((row) => row.matches(".chosen.beyond"))) table.classList.add("whole");
  };

  function onArrow(event) {
    const link = event.target.closest("tbody a");
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    if (!link || !(event.key in steps)) return;
    const [down, right] = steps[event.key];
    const cell = link.closest("td, th");
    const rows = [...cell.closest("tbody").rows].filter((row) => !row.hidden);
    const row = rows[rows.indexOf(cell.parentElement) + down];
    const next = row && row.cells[cell.cellIndex + right];
    const target = next && next.querySelector("a");
    if (!target) return;
    event.preventDefault();
    link.tabIndex = -1;
    target.tabIndex = 0;
    target.focus();
  }

  /** The heading of each column with its group: 小学 L1 县级以上骨干教师. */
  function headings(table) {
    const grid = [];
    [...table.tHead.rows].forEach((row, level) => {
      let column = 0;
      for (const cell of row.cells) {
        while (grid[column] && grid[column][level] !== undefined) column += 1;
        const text = (cell.dataset.text ??= cell.textContent.trim().replace(/([一-龥）])\s+/g, "$1").replace(/\s+/g, " "));
        for (let right = 0; right < cell.colSpan; right += 1)
          for (let down = 0; down < cell.rowSpan; down += 1) (grid[column + right] ??= [])[level + down] = down ? "" : text;
        column += cell.colSpan;
      }
    });
    return grid.map((texts) => texts.filter(Boolean).join(" "));
  }

  /** What a table shows at the moment, heading first; whole numbers and decimals as numbers. */
  function shown(table) {
    const rows = [...table.tBodies[0].rows].filter((row) => !row.hidden);
    const value = (cell) => {
      const word = cell.querySelector(".word"); // says what the shade says
      const text = cell.textContent.slice(word ? word.textContent.length : 0).trim();
      return /^-?\d+(\.\d+)?$/.test(text) && !/^0\d|\d{12}/.test(text) ? Number(text) : text;
    };
    return [headings(table), ...rows.map((row) => [...row.cells].map(value))];
  }

  function downloads(table) {
    const name = table.caption.dataset.name;
    const file = `${CITY.own ? `${CITY.counties[0].short}_` : ""}${name.replace(/[（）()：:\s]/g, "")}_${CITY.year}`;
    const button = (word, write) =>
      make("button", { type: "button", "aria-label": `${word} 下载“${name}”`, onclick: write }, word);
    return make(
      "span",
      { class: "downloads screen" },
      "下载 ",
      button("Excel", () => Page.save(Page.xlsx(name, shown(table)), `${file}.xlsx`)),
      button("CSV", () => Page.save(Page.csv(shown(table)), `${file}.csv`))
    );
  }

  /** On a phone the heading row is not there to be pressed: a list of columns takes its place. */
  function sorter(table, names, heads) {
    const select = make("select", {}, new Option("排序：原有次序", ""), ...heads.map((head) => new Option(`按${names[head.dataset.column]}`, head.dataset.column)));
    select.addEventListener("change", () => {
      const head = heads.find((one) => one.dataset.column === select.value);
      if (head) sort(table, head, true);
    });
    return make("label", { class: "sorter screen" }, make("span", { class: "unseen" }, `“${table.caption.dataset.name}”的次序`), select);
  }

  /** Make a table sortable, downloadable and readable as cards. */
  Page.enhance = (table) => {
    const names = headings(table);
    const heads = all("th[data-column]", table);
    table.caption.dataset.name = table.caption.textContent.trim();
    for (const head of heads) {
      head.append(make("button", { type: "button", "aria-label": `按“${names[head.dataset.column]}”排序` }));
      head.addEventListener("click", () => sort(table, head, head.getAttribute("aria-sort") !== "ascending"));
    }
    for (const row of table.tBodies[0].rows) for (const [place, cell] of [...row.cells].entries()) cell.dataset.label = names[place] ?? "";
    if (table.tBodies[0].rows.length > 1) table.caption.append(sorter(table, names, heads));
    table.caption.append(downloads(table));
    table.after(make("button", { type: "button", class: "more screen", onclick: () => table.classList.add("whole") }));
    Page.arranged(table);
  };

  Page.cell = (text, mark = "") => make("td", { class: mark }, text);
  Page.verdictCell = (mark, veto = false) => make("td", { class: `${Page.MARKS[mark]} verdict` }, Page.verdict(mark, veto));

  /** A table of a county's view: `rows` are made already. */
  Page.tableOf = (caption, heads, rows) => {
    const cells = heads.map((head, place) => make("th", { scope: "col", "data-column": place }, head));
    const table = make("table", {}, make("caption", {}, caption), make("thead", {}, make("tr", {}, ...cells)), make("tbody", {}, ...rows));
    const region = make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": caption }, table);
    Page.enhance(table);
    return region;
  };

  document.addEventListener("keydown", onArrow);
}
