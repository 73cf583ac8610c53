"use strict";
// A county's own view: all that stands behind its verdicts, down to every school.
{
  const { make, byId, cell, verdictCell, tableOf, MARKS, BLANK } = Page;
  const STATES = { done: "已完成", done_late: "已补报", due: "未到期", late: "逾期", unknown: "未登记", not_asked: "不要求" };

  /** A part of the view with its heading; links to an aspect lead to the part of that name. */
  const part = (id, title, ...children) => make("section", { id: `p-${id}` }, make("h3", { tabindex: -1 }, title), ...children);

  /** Links to the county's Word and PDF. They lie beside the page, in one of the folders given, or not at all, which a
   *  picture tells: no page opened from a file may ask whether another file is there. */
  function papers(county) {
    const list = make("p", { class: "papers screen" }, "报告文件：未与本页存放在一起。");
    const look = ([folder, ...others]) => {
      const picture = new Image();
      picture.addEventListener("load", () => list.replaceChildren("报告文件：", ...county.files.map(([label, file]) => make("a", { href: encodeURI(folder + file) }, label))));
      picture.addEventListener("error", () => others.length && look(others));
      picture.src = encodeURI(folder + county.picture);
    };
    look(county.folders);
    return list;
  }

  function aspectTable(county) {
    const lead = (key, name) => (key === "overall" ? name : make("a", { href: `#/${county.code}/aspect/${key}` }, name));
    const rows = county.aspects.map(([key, name, national, local, veto]) => make("tr", {}, make("th", { scope: "row" }, lead(key, name)), verdictCell(national, veto), verdictCell(local, veto)));
    return tableOf("各方面评估结论", ["评估内容", ...county.standards], rows);
  }

  function levelTable(county) {
    const rows = county.levels.map(([stageId, id, , , , unmet, open, units]) => {
      const one = Page.indicator(id);
      const mean = Page.spreadOf(county, stageId, id)?.[2] ?? BLANK;
      const link = (text) => make("a", { href: `#/${county.code}/units/${stageId}/${id}` }, text);
      return make("tr", {}, cell(Page.stage(stageId).name), cell(`${id} ${one.name}（${one.unit}）`, "left"), cell(mean), cell(one.asked[stageId]), make("td", { class: unmet ? "unmet" : "" }, unmet ? link(String(unmet)) : "0"), cell(String(open), open ? "unknown" : ""), cell(String(units)));
    });
    return tableOf("各项指标与标准值", ["学段", "指标", "全县平均值", "标准值", "未达到（个）", "无法判定（个）", "单元合计（个）"], rows);
  }

  function spreadTable(county, stageId, indicatorId) {
    const rows = county.spread.map(([stageKey, key, mean, cv, limit, verdict, before]) => {
      const one = Page.indicator(key);
      const chosen = stageKey === stageId && key === indicatorId;
      const name = one ? `${one.id} ${one.name}（${one.unit}）` : "综合";
      return make("tr", { class: chosen && "chosen" }, cell(Page.stage(stageKey).name), cell(name, "left"), cell(mean), cell(before), cell(cv, verdict === null ? "" : MARKS[verdict]), cell(limit), verdict === null ? cell(BLANK) : verdictCell(verdict));
    });
    return tableOf("校际差异系数", ["学段", "指标", "全县平均值", "上年度差异系数", "差异系数", "限值", "结论"], rows);
  }

  function itemTable(county, group, chosen) {
    const items = county.items.filter((row) => row[5] === group);
    const rows = items.map(([id, name, national, local, statement]) => make("tr", { class: id === chosen && "chosen" }, cell(`${id} ${name}`, "left"), verdictCell(national, group === "veto"), verdictCell(local, group === "veto"), cell(statement, "left")));
    return tableOf(`${CITY.groups[group]}各项结论`, ["项目", ...county.standards, "指标值或简要结论"], rows);
  }

  function cycleTable(county) {
    const rows = county.cycle.steps.map(([name, day, state]) => make("tr", {}, cell(name, "left"), cell(day), cell(STATES[state], state === "late" ? "unmet" : state === "unknown" ? "unknown" : "")));
    return tableOf(`年度工作进度（以${county.cycle.on}为准）`, ["环节", "时限", "状态"], rows);
  }

  function historyTable(county) {
    const rows = CITY.history.filter((run) => run.counties[county.code]).map((run) => {
      const state = run.counties[county.code];
      const mark = CITY.verdicts.indexOf(state.verdict);
      return make("tr", {}, cell(Page.day(run.day)), mark < 0 ? cell("未纳入", "unknown") : verdictCell(mark), cell(String(state.met ?? BLANK)), cell(String(state.units ?? BLANK)));
    });
    return tableOf("历次汇总的结果", ["汇总日期", "总体结论", "达标单元（个）", "单元合计（个）"], rows);
  }

  function schoolRow(county, unit, chosen, place) {
    const [code, name, stage, students, values, marks, verdict, lacking] = unit;
    const cells = values.map((value, number) => {
      const mark = MARKS[Number(marks[number])];
      const sort = Number.parseFloat(value);
      const words = mark === "unmet" ? [make("span", { class: "word" }, "未达"), value] : [value];
      return make("td", { class: [mark, number === place && "picked"].filter(Boolean).join(" "), "data-sort": Number.isNaN(sort) ? "" : String(sort) }, ...words);
    });
    const here = chosen.code === code && (!chosen.stage || chosen.stage === stage);
    const row = make("tr", { class: here && "chosen" }, make("th", { scope: "row", class: "left" }, name), cell(code), cell(Page.stage(stage).name, "verdict"), cell(students), ...cells, verdictCell(verdict), cell(lacking || BLANK, "left"));
    return Object.assign(row, { school: { code, name, stage, marks, verdict } });
  }

  const choice = (all, options, chosen) => make("select", {}, new Option(all, ""), ...options.map(([text, value]) => new Option(text, value, false, value === chosen)));

  /** The list of schools with its filters; `asked` says what is shown at first and which row is pointed at. */
  function schools(county, asked) {
    const place = CITY.indicators.findIndex((one) => one.id === asked.indicator);
    const rows = county.units.map((unit) => schoolRow(county, unit, asked, place));
    const stages = choice("全部", CITY.stages.map((one) => [one.name, one.id]), asked.code ? "" : asked.stage);
    const indicators = choice("全部", CITY.indicators.map((one) => [`${one.id} ${one.short}`, one.id]), asked.indicator);
    const verdicts = choice("全部", CITY.verdicts.map((one, number) => [one, String(number)]));
    const search = make("input", { type: "search", autocomplete: "off", placeholder: "名称或标识码" });
    const shown = make("output", { "aria-live": "polite" });
    const empty = make("p", { class: "empty", hidden: true });
    const heads = ["学校名称", "标识码", "学段", "在校生数", ...CITY.indicators.map((one) => `${one.id} ${one.short}（${one.unit}）`), "结论", "缺口"];
    const table = tableOf("各评估单元指标值", heads, rows);
    const apply = () => {
      const number = CITY.indicators.findIndex((one) => one.id === indicators.value);
      const word = search.value.trim();
      for (const row of rows) {
        const { code, name, stage, marks, verdict } = row.school;
        row.hidden = (stages.value !== "" && stage !== stages.value) || (number >= 0 && marks[number] === "0") || (verdicts.value !== "" && verdict !== Number(verdicts.value)) || !(name.includes(word) || code.includes(word));
      }
      Page.arranged(table.querySelector("table"));
      const left = rows.filter((row) => !row.hidden).length;
      shown.textContent = `显示${left}个单元，共${rows.length}个`;
      table.hidden = left === 0;
      empty.hidden = left > 0;
      const chosen = (select, before = "") => select.value && before + select.selectedOptions[0].text;
      const wanted = [chosen(stages), chosen(indicators, "未达到"), chosen(verdicts), word && `名称或标识码含“${word}”`];
      empty.textContent = `没有符合条件的单元：${wanted.filter(Boolean).join("，")}。`;
    };
    for (const one of [stages, indicators, verdicts, search]) Page.onInput(one, apply);
    const tools = make("div", { class: "tools", id: "schools" }, make("label", {}, "学段", stages), make("label", {}, "未达到的指标", indicators), make("label", {}, "结论", verdicts), make("label", {}, "学校", search), shown);
    apply();
    const told = CITY.stages.map((stage) => `${stage.name}：${CITY.indicators.map((one) => `${one.id}${one.asked[stage.id]}`).join("，")}`);
    return [tools, table, empty, make("p", { class: "note" }, `注：标准值——${told.join("；")}。一所学校的一个学段为一个评估单元。`)];
  }

  function unitsChart(county) {
    const select = make("select", { id: "u-stage", onchange: () => Page.drawUnits(county, select.value) }, ...CITY.stages.map((one) => new Option(one.name, one.id)));
    return [make("div", { class: "tools" }, make("label", {}, "学段", select)), make("figure", {}, make("div", { id: "chart-units", class: "chart", role: "img" }), make("figcaption", { id: "chart-units-text" }))];
  }

  const back = () => (CITY.own ? [] : [make("a", { id: "back", class: "button screen", href: "#matrix" }, "返回全市")]);

  /** The view's parts in order; `asked` is what the address names. */
  function parts(county, asked) {
    return [
      part("aspects", "各方面结论", aspectTable(county)),
      part("resource", "资源配置", levelTable(county), ...unitsChart(county)),
      part("spread", "校际均衡", spreadTable(county, asked.stage, asked.indicator)),
      ...Object.entries(CITY.groups).map(([group, name]) => part(group, name, itemTable(county, group, asked.item))),
      part("schools", "学校名单", ...schools(county, asked)),
      part("cycle", "年度工作进度", cycleTable(county)),
      part("history", "年度内进展", ...(CITY.history.length ? [historyTable(county)] : [make("p", { class: "note" }, "本年度尚没有与本次结果不同的早先汇总。")])),
    ];
  }

  /** The elements of a county's view. */
  Page.countyView = (county, asked) => {
    const made = parts(county, asked);
    const links = made.map((one) => make("a", { href: `#/${county.code}/part/${one.id.slice(2)}` }, one.firstChild.textContent));
    if (CITY.own) byId("contents").replaceChildren(...links);
    return [
      make("div", { class: "head" }, make("h2", { tabindex: -1 }, `${county.name}${CITY.year}年度评估情况`), Page.badge(county.verdict, `${county.standards[0]}${Page.verdict(county.verdict)}`), ...(county.place === null ? [] : [make("span", { class: "note" }, `第${county.place}位`)]), ...back()),
      papers(county),
      ...(CITY.own ? [] : [make("nav", { class: "inner screen", "aria-label": "本县目录" }, ...links)]),
      make("div", { class: "glance" }, make("div", {}, Page.aspectLinks(county), Page.facts(county)), make("div", {}, Page.figures(county), Page.legend())),
      ...made,
    ];
  };

  /** What stands in the place of a county that is left out. */
  Page.absentView = (gone) => [make("div", { class: "head" }, make("h2", { tabindex: -1 }, `${gone.name}未纳入汇总`), ...back()), make("p", {}, gone.reason)];

  /** Draw what needs the view to stand in the page. */
  Page.drawCounty = (county, asked) => {
    if (asked.stage) byId("u-stage").value = asked.stage;
    Page.drawUnits(county, byId("u-stage").value);
  };

  /** The part of the view that an address leads to. */
  Page.partOf = ({ kind, key }) => {
    const parts = { units: "schools", school: "schools", spread: "spread", plan: "aspects", cycle: "cycle", item: key, part: key, aspect: key };
    const known = kind === "aspect" && !byId(`p-${key}`) ? "aspects" : parts[kind];
    return known && byId(`p-${known}`);
  };
}
