"use strict";
// Sorting, filtering, keyboard, charts and the counties' own views. Text reaches the page as text, never as markup.
(() => {
  const CITY = window.CITY;
  const BLANK = "——";
  const MARKS = ["", "unmet", "unknown"];
  const ORDER = [...CITY.verdicts, "未纳入"];
  const COLOURS = { met: "#0072B2", unmet: "#B84E00", last: "#BFBFBF", ink: "#1F1F1F", grid: "#D4D4D4" };
  const FONT = { family: '"Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei","PingFang SC",sans-serif', size: 13, color: COLOURS.ink };
  const byId = (id) => document.getElementById(id);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  /** Make an element: attributes by name (on… listens, false leaves out), children as text or elements. */
  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === false || value === undefined || value === "") continue;
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else element.setAttribute(name, value === true ? "" : value);
    }
    // append makes text of strings: a school named <b> stays a name.
    element.append(...children);
    return element;
  }

  // ---- Tables: sorting -------------------------------------------------------------------------------------

  /** What a cell is sorted by: a number, a verdict's place, a text; null (always last) for a blank. */
  function sortKey(cell) {
    const text = cell.textContent.trim();
    if (text === "" || text === BLANK) return null;
    // A cell may hold words beside its number (未达7.35): what to sort by is then said with it.
    if (cell.dataset.sort) return Number(cell.dataset.sort);
    if (ORDER.includes(text)) return ORDER.indexOf(text);
    const share = text.match(/^(\d+)\/(\d+)$/);
    if (share) return Number(share[1]) / Number(share[2]);
    const number = Number.parseFloat(text);
    return Number.isNaN(number) || /年|[一-龥]/.test(text) ? text : number;
  }

  function compare(one, other) {
    if (typeof one === "number" && typeof other === "number") return one - other;
    return String(one).localeCompare(String(other), "zh-CN", { numeric: true });
  }

  function sortBy(table, head) {
    const up = head.getAttribute("aria-sort") !== "ascending";
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
    rove(table);
  }

  function makeSortable(table) {
    for (const head of all("th[data-column]", table)) {
      const name = head.textContent.trim();
      head.append(make("button", { type: "button", "aria-label": `按“${name.replace(/\s+/g, "")}”排序` }));
      head.addEventListener("click", () => sortBy(table, head));
    }
    rove(table);
  }

  // ---- Tables: one stop of the tabulator, arrows within -----------------------------------------------------

  function rove(table) {
    const links = all("tbody a", table).filter((link) => !link.closest("[hidden]"));
    // One stop of the tabulator a table (roving tabindex): a matrix of 300 links would take 300 presses.
    links.forEach((link, place) => (link.tabIndex = place ? -1 : 0));
  }

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

  // ---- Filters and views of the matrix ------------------------------------------------------------------------

  function applyFilters() {
    const view = document.querySelector('input[name="view"]:checked').value;
    const wanted = { name: byId("f-county").value.trim(), target: byId("f-target").value, verdict: byId("f-verdict").value };
    all("[data-view]").forEach((part) => (part.hidden = part.dataset.view !== view));
    for (const table of all("table[data-filtered]")) {
      for (const row of table.tBodies[0].rows) {
        const { county, target, verdict } = row.dataset;
        row.hidden =
          !(row.textContent.includes(wanted.name) || county.includes(wanted.name)) ||
          (wanted.target !== "" && target !== wanted.target) ||
          (wanted.verdict !== "" && verdict !== wanted.verdict) ||
          (byId("f-problem").checked && row.dataset.problem === undefined);
      }
      rove(table);
    }
    const rows = all(`[data-view="${view}"] tbody tr`);
    byId("shown").textContent = `显示${rows.filter((row) => !row.hidden).length}个，共${rows.length}个`;
  }

  // ---- Charts ---------------------------------------------------------------------------------------------------

  const LAYOUT = {
    font: FONT,
    margin: { l: 110, r: 70, t: 44, b: 42 },
    paper_bgcolor: "#fff",
    plot_bgcolor: "#fff",
    showlegend: true,
    legend: { orientation: "h", x: 0, y: 1.02, yanchor: "bottom", traceorder: "normal" },
    dragmode: false,
  };
  const OPTIONS = { displayModeBar: false, responsive: true, doubleClick: false, scrollZoom: false };

  /** A row a county, first on top; `rows` have name, x and text, and `failed` for the marked ones. */
  function drawBars(id, traces, title, shapes, text) {
    const count = CITY.counties.length;
    const axis = { gridcolor: COLOURS.grid, zeroline: false, fixedrange: true };
    const layout = {
      ...LAYOUT,
      height: 96 + count * 26,
      barmode: "overlay",
      bargap: 0.35,
      xaxis: { ...axis, title: { text: title, standoff: 8 }, rangemode: "tozero" },
      yaxis: { autorange: "reversed", fixedrange: true, ticksuffix: "  ", automargin: true },
      shapes,
    };
    const chart = byId(id);
    chart.setAttribute("aria-label", text);
    byId(`${id}-text`).textContent = text;
    return window.Plotly.react(chart, traces, layout, OPTIONS);
  }

  function bar(name, rows, colour, pattern) {
    return {
      type: "bar",
      orientation: "h",
      name,
      y: rows.map((row) => row.name),
      x: rows.map((row) => row.x),
      text: rows.map((row) => row.text),
      textposition: "outside",
      cliponaxis: false,
      hovertemplate: "%{y} %{text}<extra></extra>",
      marker: { color: colour, line: { color: colour, width: 1 }, pattern },
    };
  }

  function drawSpread() {
    const stage = CITY.stages.find((one) => one.id === byId("c-stage").value);
    const indicator = byId("c-indicator").value;
    const found = CITY.indicators.find((one) => one.id === indicator);
    const label = found ? `${found.id} ${found.name}` : "综合";
    const rows = CITY.counties.map((county) => {
      const spread = county.spread.find((row) => row[0] === stage.id && row[1] === indicator);
      const text = spread ? spread[3] : BLANK;
      const value = Number.parseFloat(text);
      const open = Number.isNaN(value);
      return { name: county.name, x: open ? 0 : value, text: open ? "无法判定" : text, open, failed: Boolean(spread) && spread[5] === 1 };
    });
    const good = rows.filter((row) => !row.failed);
    const bad = rows.filter((row) => row.failed).map((row) => ({ ...row, text: `${row.text} 超限` }));
    const limit = found ? Number(stage.limit) : null;
    const line = { type: "line", x0: limit, x1: limit, yref: "paper", y0: 0, y1: 1, line: { color: COLOURS.ink, width: 2, dash: "dash" } };
    const order = { categoryorder: "array", categoryarray: rows.map((row) => row.name) };
    const traces = [bar(found ? "限值以内" : "综合差异系数", good, COLOURS.met, undefined)];
    if (bad.length) traces.push(bar("超过限值", bad, COLOURS.unmet, { shape: "/", fillmode: "overlay", fgcolor: "#fff", size: 6, solidity: 0.25 }));
    const open = rows.filter((row) => row.open).map((row) => row.name);
    const said = `${stage.name}${label}差异系数${found ? `，虚线为限值${stage.limit}，超过限值${bad.length}个县（市、区）` : "，不设限值"}${open.length ? `；无法判定：${open.join("、")}` : ""}。数值同“差异系数”表。`;
    // Counties stand in two traces, and Plotly would order them by trace: the order is set once it is drawn.
    drawBars("chart-spread", traces, `${stage.name}${label}差异系数`, found ? [line] : [], said).then((chart) =>
      window.Plotly.relayout(chart, { "yaxis.categoryorder": order.categoryorder, "yaxis.categoryarray": order.categoryarray })
    );
  }

  function drawShare() {
    const now = CITY.counties.map((county) => ({ name: county.name, x: Number(county.share[2]), text: county.share[2] === "" ? "有单元无法判定" : `${county.share[2]}%` }));
    const last = CITY.counties
      .filter((county) => county.before && county.before[2] !== "")
      .map((county) => ({ name: county.name, x: Number(county.before[2]), text: `上年${county.before[2]}%` }));
    const marks = { ...bar(`${CITY.year - 1}年度`, last, COLOURS.ink), type: "scatter", mode: "markers" };
    delete marks.textposition;
    marks.marker = { symbol: "line-ns", size: 16, color: COLOURS.ink, line: { color: COLOURS.ink, width: 3 } };
    const traces = [bar(`${CITY.year}年度`, now, "#8DB9D8", undefined)];
    if (last.length) traces.push(marks);
    drawBars("chart-share", traces, "达标单元占比（%）", [], `各县（市、区）达标单元占比：条形为${CITY.year}年度${last.length ? `，竖线为${CITY.year - 1}年度` : ""}。数值同“年度比较”和“排名”表。`);
  }

  /** Begin with the coefficient that is above its limit in most counties, else with the first. */
  function chooseWorst() {
    const over = new Map();
    for (const county of CITY.counties)
      for (const [stage, indicator, , , , verdict] of county.spread)
        if (verdict === 1) over.set(`${stage} ${indicator}`, (over.get(`${stage} ${indicator}`) || 0) + 1);
    const [worst] = [...over].sort((one, other) => other[1] - one[1])[0] || [`${CITY.stages[0].id} ${CITY.indicators[0].id}`];
    [byId("c-stage").value, byId("c-indicator").value] = worst.split(" ");
  }

  function openFromChart(event) {
    const county = CITY.counties.find((one) => one.name === event.points[0].y);
    if (county) location.hash = `#/${county.code}`;
  }

  // ---- A county's own view --------------------------------------------------------------------------------------

  const verdictCell = (mark, veto = false) => make("td", { class: `${MARKS[mark]} verdict` }, (veto ? CITY.vetoes : CITY.verdicts)[mark]);
  const cell = (text, mark = "") => make("td", { class: mark }, text);

  function tableOf(caption, heads, rows) {
    const cells = heads.map((head, place) => make("th", { scope: "col", "data-column": place }, head));
    const table = make("table", {}, make("caption", {}, caption), make("thead", {}, make("tr", {}, ...cells)), make("tbody", {}, ...rows));
    makeSortable(table);
    return make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": caption }, table);
  }

  function aspectsOf(county) {
    const rows = county.aspects.map(([name, national, local, veto]) =>
      make("tr", {}, make("th", { scope: "row" }, name), verdictCell(national, veto), verdictCell(local, veto))
    );
    return tableOf("各方面评估结论", ["评估内容", ...county.standards], rows);
  }

  function spreadOf(county, stageId, indicatorId) {
    const rows = county.spread.map(([stageKey, key, mean, cv, limit, verdict]) => {
      const stage = CITY.stages.find((one) => one.id === stageKey);
      const indicator = CITY.indicators.find((one) => one.id === key);
      const chosen = stageKey === stageId && key === indicatorId;
      return make(
        "tr",
        { class: chosen && "chosen" },
        cell(stage.name),
        make("td", { class: "left" }, indicator ? `${indicator.id} ${indicator.name}（${indicator.unit}）` : "综合"),
        cell(mean),
        cell(cv, verdict === null ? "" : MARKS[verdict]),
        cell(limit),
        verdict === null ? cell(BLANK) : verdictCell(verdict)
      );
    });
    return tableOf("校际差异系数", ["学段", "指标", "全县平均值", "差异系数", "限值", "结论"], rows);
  }

  function itemsOf(county) {
    const rows = county.items.map(([id, name, national, local, statement, veto]) =>
      make("tr", { "data-open": national || local ? "1" : false }, cell(`${id} ${name}`, "left"), verdictCell(national, veto), verdictCell(local, veto), cell(statement, "left"))
    );
    const open = rows.filter((row) => row.dataset.open);
    const part = tableOf("政府保障程度、教育质量、社会认可度和一票否决各项", ["项目", ...county.standards, "指标值或简要结论"], rows);
    const box = make("input", { type: "checkbox", onchange: () => rows.forEach((row) => (row.hidden = !box.checked && !row.dataset.open)) });
    rows.forEach((row) => (row.hidden = !row.dataset.open));
    const said = open.length ? `未达标或无法判定${open.length}项，共${rows.length}项。` : `${rows.length}项全部达标。`;
    return [make("div", { class: "tools" }, make("span", {}, said), make("label", {}, box, "显示全部项目")), part];
  }

  function schoolsOf(county, stageId, indicatorId) {
    const place = CITY.indicators.findIndex((one) => one.id === indicatorId);
    const heads = ["学校名称", "学段", "在校生数", ...CITY.indicators.map((one) => `${one.id} ${one.short}（${one.unit}）`), "结论", "缺口"];
    const rows = county.units.map(([code, name, stage, students, values, marks, verdict, lacking]) => {
      const cells = values.map((value, number) => {
        const mark = MARKS[Number(marks[number])];
        const words = mark === "unmet" ? [make("span", { class: "word" }, "未达"), value] : [value];
        return make("td", { class: [mark, number === place && "picked"].filter(Boolean).join(" "), "data-sort": Number.isNaN(Number.parseFloat(value)) ? "" : String(Number.parseFloat(value)) }, ...words);
      });
      const row = make("tr", {}, make("th", { scope: "row", title: code }, name), cell(CITY.stages.find((one) => one.id === stage).name), cell(students), ...cells, verdictCell(verdict), cell(lacking, "left"));
      return Object.assign(row, { school: { name, stage, marks, verdict } });
    });
    const stages = make("select", {}, new Option("全部", ""), ...CITY.stages.map((one) => new Option(one.name, one.id, false, one.id === stageId)));
    const indicators = make("select", {}, new Option("全部", ""), ...CITY.indicators.map((one) => new Option(`${one.id} ${one.short}`, one.id, false, one.id === indicatorId)));
    const verdicts = make("select", {}, new Option("全部", ""), ...CITY.verdicts.map((one, number) => new Option(one, String(number))));
    const search = make("input", { type: "search", autocomplete: "off", placeholder: "输入名称" });
    const shown = make("output", { "aria-live": "polite" });
    const apply = () => {
      const number = CITY.indicators.findIndex((one) => one.id === indicators.value);
      for (const row of rows) {
        const { name, stage, marks, verdict } = row.school;
        row.hidden =
          (stages.value !== "" && stage !== stages.value) ||
          (number >= 0 && marks[number] === "0") ||
          (verdicts.value !== "" && verdict !== Number(verdicts.value)) ||
          !name.includes(search.value.trim());
      }
      shown.textContent = `显示${rows.filter((row) => !row.hidden).length}个单元，共${rows.length}个`;
    };
    for (const one of [stages, indicators, verdicts, search])
      for (const kind of ["input", "change"]) one.addEventListener(kind, apply);
    const tools = make("div", { class: "tools", id: "schools" }, make("label", {}, "学段", stages), make("label", {}, "未达到的指标", indicators), make("label", {}, "结论", verdicts), make("label", {}, "学校", search), shown);
    const table = tableOf("学校名单", heads, rows);
    apply();
    const asked = CITY.stages.map((stage) => `${stage.name}：${CITY.indicators.map((one) => `${one.id}不低于${one.asked[stage.id]}`).join("，")}`);
    return [tools, table, make("p", { class: "note" }, `注：标准值——${asked.join("；")}。一所学校的一个学段为一个评估单元。`)];
  }

  function countyView(county, stageId, indicatorId) {
    const fact = (label, text) => make("li", {}, `${label}：`, make("b", {}, text));
    const title = make("h2", { tabindex: -1 }, `${county.name}${CITY.year}年度评估情况`);
    const back = make("button", { type: "button", id: "back", onclick: () => (location.hash = "#matrix") }, "返回全市");
    const share = `${county.share[0]}/${county.share[1]}${county.share[2] === "" ? "" : `（${county.share[2]}%）`}`;
    const facts = [fact("总体结论", CITY.verdicts[county.verdict]), fact("名次", county.place === null ? "不列名次" : `第${county.place}位`), fact("目标年度", `${county.target}年（${county.state}）`), fact("达标单元", share)];
    return [
      make("div", { class: "head" }, title, back),
      make("ul", { class: "facts" }, ...facts),
      aspectsOf(county),
      make("h3", {}, "校际均衡"),
      spreadOf(county, stageId, indicatorId),
      make("h3", {}, "各项要求"),
      ...itemsOf(county),
      make("h3", {}, "学校名单"),
      ...schoolsOf(county, stageId, indicatorId),
    ];
  }

  function absentView(gone) {
    const back = make("button", { type: "button", id: "back", onclick: () => (location.hash = "#matrix") }, "返回全市");
    return [make("div", { class: "head" }, make("h2", { tabindex: -1 }, `${gone.name}未纳入汇总`), back), make("p", {}, gone.reason)];
  }

  function route() {
    const [, code, stage, indicator] = location.hash.match(/^#\/(\d{6})(?:\/(\w+))?(?:\/(\w+))?$/) || [];
    const county = CITY.counties.find((one) => one.code === code);
    const gone = CITY.absent.find((one) => one.code === code);
    const open = Boolean(county || gone);
    const was = !byId("county").hidden;
    byId("county").hidden = !open;
    byId("city").hidden = open;
    if (!open) {
      if (was) backToCity();
      return;
    }
    byId("county").replaceChildren(...(county ? countyView(county, stage, indicator) : absentView(gone)));
    byId("county").querySelector("h2").focus();
    const target = stage && byId("schools");
    if (target) target.scrollIntoView();
    else window.scrollTo(0, 0);
  }

  function backToCity() {
    byId("county").replaceChildren();
    const target = location.hash.length > 1 && byId(location.hash.slice(1));
    if (target) target.scrollIntoView();
    if (lastLink && lastLink.isConnected && lastLink.offsetParent) lastLink.focus({ preventScroll: true });
    // Charts that were hidden while the window changed have the old width.
    window.dispatchEvent(new Event("resize"));
  }

  let lastLink = null;

  function resizeCharts(width) {
    for (const chart of all(".chart.js-plotly-plot")) window.Plotly.relayout(chart, width ? { width, autosize: false } : { width: null, autosize: true });
  }

  // ---- Begin ---------------------------------------------------------------------------------------------------------

  all("table[data-sortable]").forEach(makeSortable);
  document.addEventListener("keydown", onArrow);
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#/"]');
    if (link) lastLink = link;
  });
  for (const kind of ["input", "change"]) byId("filters").addEventListener(kind, applyFilters);
  // The form says that it will be reset before its fields are.
  byId("filters").addEventListener("reset", () => setTimeout(applyFilters));
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("print").addEventListener("click", () => window.print());
  byId("c-stage").addEventListener("change", drawSpread);
  byId("c-indicator").addEventListener("change", drawSpread);
  window.addEventListener("hashchange", route);
  // Plotly draws for the width of the window, which paper does not have.
  window.addEventListener("beforeprint", () => resizeCharts(1000));
  window.addEventListener("afterprint", () => resizeCharts(0));
  applyFilters();
  chooseWorst();
  drawSpread();
  drawShare();
  all(".chart").forEach((chart) => chart.on("plotly_click", openFromChart));
  route();
  document.documentElement.dataset.ready = "1";
})();
