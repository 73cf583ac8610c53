"use strict";
// The city's page: cards, heat maps, charts, and filters that act on all of them.
{
  const { make, byId, all } = Page;
  const counties = () => [...CITY.counties, ...CITY.absent];
  let view = "conclusions";

  // ---- Filters -------------------------------------------------------------------------------------------------

  const wanted = () => ({ name: byId("f-county").value.trim(), target: byId("f-target").value, verdict: byId("f-verdict").value, problem: byId("f-problem").checked });
  const verdictOf = (county) => (county.verdict === undefined ? "未纳入" : Page.verdict(county.verdict));
  const wholly = (county) => county.verdict !== undefined && county.aspects.every(([, , national, local]) => national === 0 && local === 0);

  function fits(county, { name, target, verdict, problem }) {
    const named = county.name.includes(name) || county.short.includes(name) || county.code.includes(name);
    return named && (target === "" || String(county.target) === target) && (verdict === "" || verdictOf(county) === verdict) && !(problem && wholly(county));
  }

  /** What the filters ask for, in words. */
  const told = ({ name, target, verdict, problem }) => [name && `名称含“${name}”`, target && `目标年度${target}年`, verdict && `总体结论${verdict}`, problem && "未全部达标"].filter(Boolean).join("，");

  /** Say below a list or table that is empty why it is. */
  function sayEmpty(place, empty, reason) {
    let note = place.nextElementSibling;
    if (!note?.classList.contains("empty")) {
      note = make("p", { class: "empty" });
      place.after(note);
    }
    place.hidden = empty;
    note.hidden = !empty;
    note.replaceChildren(`没有符合条件的县（市、区）：${reason}。`, make("button", { type: "button", onclick: () => byId("filters").reset() }, "清除筛选"));
  }

  function filterTable(table, codes, names, reason) {
    const rows = [...table.tBodies[0].rows];
    const own = rows.filter((row) => row.dataset.county);
    for (const row of own) row.hidden = !codes.has(row.dataset.county);
    if (table.id === "t-common") for (const row of rows) row.hidden = !names.some((name) => row.textContent.includes(name));
    const all = table.id === "t-common" ? rows : own;
    if (all.length) sayEmpty(table.closest(".scroll"), all.every((row) => row.hidden), reason);
    Page.arranged(table);
  }

  function apply() {
    const asked = wanted();
    const shown = counties().filter((county) => fits(county, asked));
    const codes = new Set(shown.map((county) => county.code)), names = shown.map((county) => county.short);
    for (const table of all("#city table")) filterTable(table, codes, names, told(asked));
    for (const tile of all(".map a")) tile.classList.toggle("faint", !codes.has(tile.dataset.county));
    for (const card of all(".card")) card.hidden = !codes.has(card.dataset.county);
    sayEmpty(byId("card-list"), !shown.some((county) => county.verdict !== undefined), told(asked) || "各县（市、区）均未纳入");
    byId("shown").textContent = `显示${shown.length}个，共${counties().length}个`;
    charts(CITY.counties.filter((county) => codes.has(county.code)));
  }

  // ---- Charts ----------------------------------------------------------------------------------------------------

  function charts(shown) {
    const by = byId("c-order").value;
    for (const id of ["chart-share", "chart-spread"]) byId(id).parentElement.hidden = shown.length === 0;
    if (shown.length === 0) return;
    Page.drawShare(shown, by);
    Page.drawSpread(shown, byId("c-stage").value, byId("c-indicator").value, by);
    if (byId("chart-history")) Page.drawHistory("chart-history", shown.map((county) => county.code));
  }

  /** Begin with the coefficient that is above its limit in most counties, else with the first. */
  function chooseWorst() {
    const over = new Map();
    for (const county of CITY.counties) for (const [stage, indicator, , , , verdict] of county.spread) if (verdict === 1) over.set(`${stage} ${indicator}`, (over.get(`${stage} ${indicator}`) ?? 0) + 1);
    const [worst] = [...over].sort((one, other) => other[1] - one[1])[0] ?? [`${CITY.stages[0].id} ${CITY.indicators[0].id}`];
    [byId("c-stage").value, byId("c-indicator").value] = worst.split(" ");
  }

  // ---- Heat maps ---------------------------------------------------------------------------------------------------

  const LEVELS = 5;
  const step = (share) => Math.min(LEVELS, Math.max(1, Math.ceil(share * LEVELS)));

  /** Shade the figures of the two matrices: how many of a county's units fail, how near a coefficient is to its limit. */
  function shade() {
    for (const county of CITY.counties) {
      for (const [stage, id, , , , unmet, , units] of county.levels) {
        const cell = all(`#t-matrix a[href="#/${county.code}/units/${stage}/${id}"]`)[0]?.parentElement;
        if (cell && unmet) cell.classList.add(`heat-${step(unmet / units)}`);
      }
      for (const [stage, id, , cv, limit] of county.spread) {
        const ratio = Number.parseFloat(cv) / Number.parseFloat(limit);
        const cell = all(`#t-disparity a[href="#/${county.code}/spread/${stage}/${id}"]`)[0]?.parentElement;
        if (cell && !Number.isNaN(ratio)) cell.classList.add(ratio > 1 ? `heat-${step((ratio - 1) * 2)}` : `cool-${Math.min(3, Math.max(1, Math.ceil(ratio * 3)))}`);
      }
    }
    const scale = (words, kinds) => make("p", { class: "scale", "aria-hidden": "true" }, words[0], ...kinds.map((kind) => make("span", { class: kind })), words[1]);
    const heats = Array.from({ length: LEVELS }, (_, number) => `heat-${number + 1}`);
    byId("t-matrix").closest(".scroll").before(scale(["未达到的单元 少", "多"], heats));
    byId("t-disparity").closest(".scroll").before(scale(["差异系数 小", "超过限值一半以上"], ["cool-1", "cool-2", "cool-3", ...heats]));
  }

  /** Every item of every county: a sign, the statement as its title. */
  function itemMatrix() {
    const items = CITY.counties[0].items;
    const heads = ["县（市、区）", ...items.map(([id, name]) => `${id} ${name}`)];
    const rows = CITY.counties.map((county) =>
      make(
        "tr",
        { "data-county": county.code },
        make("th", { scope: "row", class: "label left" }, make("a", { href: `#/${county.code}` }, county.short)),
        ...county.items.map(([id, , mark, , statement, group]) => make("td", { class: Page.MARKS[mark] || "met", "data-sort": String(mark) }, make("a", { href: `#/${county.code}/item/${group}/${id}`, title: statement }, make("span", { "aria-hidden": "true" }, Page.SIGNS[mark]), make("span", { class: "unseen" }, Page.verdict(mark, group === "veto")))))
      )
    );
    const table = Page.tableOf(`各项要求结论（${CITY.counties[0].standards[0]}）`, heads, rows);
    table.querySelector("table").classList.add("upright");
    byId("items").replaceChildren(table, make("p", { class: "note" }, "注：✓ 达标（一票否决为未发现），✕ 未达标（一票否决为存在），？ 无法判定。"));
  }

  function chooseView(name) {
    view = name;
    for (const part of all("[data-view]")) part.hidden = part.dataset.view !== view;
    document.querySelector(`input[name="view"][value="${view}"]`).checked = true;
  }

  // ---- Begin -------------------------------------------------------------------------------------------------------

  function follow(event) {
    const tile = event.target.closest(".tiles a[data-verdict]");
    if (!tile) return;
    byId("filters").reset();
    byId("f-verdict").value = tile.dataset.verdict;
    chooseView("conclusions");
    apply();
  }

  Page.startCity = () => {
    itemMatrix();
    all("#city table").forEach((table) => table.caption.dataset.name || Page.enhance(table));
    byId("card-list").append(...CITY.counties.map(Page.card));
    byId("cards").append(Page.legend());
    shade();
    chooseWorst();
    chooseView(view);
    const filters = byId("filters");
    Page.onInput(filters, apply);
    filters.addEventListener("reset", () => setTimeout(apply)); // the form says so before its fields are reset
    filters.addEventListener("submit", (event) => event.preventDefault());
    for (const input of all('input[name="view"]')) input.addEventListener("change", () => chooseView(input.value));
    for (const id of ["c-stage", "c-indicator", "c-order"]) byId(id).addEventListener("change", apply);
    document.addEventListener("click", follow);
    apply();
  };
}
