"use strict";
// A county at a glance: verdicts by aspect, each indicator against its threshold, coefficients against their limits, last
// year's arrows, the plan, the next date. The figures are small SVGs of our own: a charting library has no use for a
// hundred charts of fourteen marks.
{
  const { make, svg, BLANK, MARKS, SIGNS } = Page;
  const FARTHEST = 2; // how many times the threshold the scale reaches
  const ROW = 17, LABEL = 30, PANEL = 150, GAP = 16, TOP = 20;
  const height = () => TOP + CITY.indicators.length * ROW + 6;

  /** A figure with a panel a stage; `mark` draws one indicator of one stage into a row of `PANEL` width. */
  function panels(title, text, limitAt, mark) {
    const width = LABEL + CITY.stages.length * (PANEL + GAP);
    const parts = CITY.indicators.map((one, row) => svg("text", { class: "axis", x: 0, y: TOP + row * ROW + 12 }, one.id));
    CITY.stages.forEach((stage, number) => {
      const left = LABEL + number * (PANEL + GAP);
      parts.push(svg("text", { class: "axis", x: left, y: 12 }, stage.name));
      CITY.indicators.forEach((one, row) => parts.push(svg("g", { transform: `translate(${left} ${TOP + row * ROW})` }, svg("line", { class: "track", x1: 0, x2: PANEL, y1: 8, y2: 8 }), ...mark(stage, one))));
      parts.push(svg("line", { class: "limit", x1: left + limitAt(stage), x2: left + limitAt(stage), y1: TOP - 4, y2: height() - 2 }));
    });
    return make("figure", { class: "mini" }, make("figcaption", {}, title), svg("svg", { viewBox: `0 0 ${width} ${height()}`, role: "img", "aria-label": text }, ...parts));
  }

  const cut = (ratio) => (Math.min(ratio, FARTHEST) / FARTHEST) * PANEL;

  /** The county's mean of each indicator as a dot, its lowest and highest unit as a line, the threshold as a dashed line. */
  function levelFigure(county) {
    const found = (stage, one) => county.levels.find((row) => row[0] === stage.id && row[1] === one.id);
    const below = CITY.stages.flatMap((stage) => CITY.indicators.filter((one) => found(stage, one)[5] > 0).map((one) => `${stage.name}${one.id} ${found(stage, one)[5]}个`));
    const text = `各指标与标准值：${below.length ? `有单元未达到的：${below.join("、")}` : "没有单元低于标准值"}`;
    return panels("各项指标与标准值", text, () => cut(1), (stage, one) => {
      const [, , mean, least, most, unmet, open] = found(stage, one);
      if (mean === null) return [svg("text", { class: "axis", x: 4, y: 12 }, BLANK)];
      const look = unmet ? "bad" : open ? "open" : "good";
      const shape = unmet ? svg("path", { class: `dot ${look}`, d: `M${cut(mean)} 2.5l5.5 10h-11z` }) : svg("circle", { class: `dot ${look}`, cx: cut(mean), cy: 8, r: 4.5 });
      return [svg("line", { class: `range ${look}`, x1: cut(least), x2: cut(most), y1: 8, y2: 8 }), shape];
    });
  }

  const turnOf = (now, before) => (Number.isNaN(now) || Number.isNaN(before) || now === before ? "" : now > before ? "▲" : "▼");

  /** Each coefficient as a bar, its limit as a dashed line, with last year's arrow. */
  function spreadFigure(county) {
    const found = (stage, one) => Page.spreadOf(county, stage.id, one.id);
    const whole = 1.5 * Math.max(...CITY.stages.map((stage) => Number(stage.limit)));
    const place = (value) => (Math.min(value, whole) / whole) * (PANEL - 48);
    const over = CITY.stages.flatMap((stage) => CITY.indicators.filter((one) => found(stage, one)?.[5] === 1).map((one) => `${stage.name}${one.id}`));
    const text = `差异系数：${over.length ? `超过限值的有${over.join("、")}` : "没有超过限值的"}`;
    return panels("差异系数与限值", text, (stage) => place(Number(stage.limit)), (stage, one) => {
      const row = found(stage, one);
      const value = row ? Number.parseFloat(row[3]) : NaN;
      if (Number.isNaN(value)) return [svg("text", { class: "axis", x: 4, y: 12 }, BLANK)];
      const turn = turnOf(value, Number.parseFloat(row[6]));
      return [
        svg("rect", { class: `strip ${row[5] === 1 ? "bad" : "good"}`, x: 0, y: 3, width: Math.max(place(value), 1), height: 10, rx: 2 }),
        svg("text", { class: `axis ${row[5] === 1 ? "bad" : ""}`, x: PANEL - 44, y: 12 }, row[3]),
        svg("text", { class: turn === "▲" ? "axis bad" : "axis good", x: PANEL, y: 12, "text-anchor": "end" }, turn),
      ];
    });
  }

  /** A verdict as a sign and words. */
  Page.badge = (mark, words) => make("span", { class: `badge ${MARKS[mark] || "met"}` }, make("span", { "aria-hidden": "true" }, `${SIGNS[mark]} `), words);

  /** How a figure changed since last year, `better` being 1 where more is better. */
  Page.change = (now, before, better, unit = "") => {
    const turn = turnOf(Number.parseFloat(now), Number.parseFloat(before));
    if (now === "" || before === "" || now === BLANK || before === BLANK) return make("span", { class: "told" }, "上年度不可比");
    if (!turn) return make("span", { class: "told" }, "与上年度持平");
    const good = (turn === "▲" ? 1 : -1) * better > 0;
    return make("span", { class: `told ${good ? "better" : "worse"}` }, `${turn} 上年度${before}${unit}`);
  };

  Page.shareSaid = (county) => `${county.share[0]}/${county.share[1]}${county.share[2] === "" ? "" : `（${county.share[2]}%）`}`;

  /** The facts of a county as rows of a name and what it is. */
  Page.facts = (county) => {
    const { cycle, left } = county;
    const away = left > 0 ? `，还有${left}年` : left < 0 ? `，已过${-left}年` : "";
    const rows = [
      ["达标单元", Page.shareSaid(county), county.before ? Page.change(county.share[2], county.before.share[2], 1, "%") : ""],
      ["平均差异系数", county.cv, county.before ? Page.change(county.cv, county.before.cv, -1) : ""],
      ["目标年度", `${county.target}年${away}（${county.state}）`, ""],
      ["主要差距", county.gap, ""],
      ["工作进度", cycle.place, ""],
      ["下一环节", cycle.next ? `${cycle.next[1]}前 ${cycle.next[0]}` : "本年度各环节时限已过", ""],
    ];
    if (cycle.late.length) rows.push(["逾期", make("span", { class: "worse" }, cycle.late.join("、")), ""]);
    return make("dl", { class: "facts" }, ...rows.map(([name, what, more]) => make("div", {}, make("dt", {}, name), make("dd", {}, what, " ", more))));
  };

  /** The verdicts by aspect, each leading to its part of the county's view. */
  Page.aspectLinks = (county) =>
    make("ul", { class: "aspects" }, ...county.aspects.filter(([key]) => key !== "overall").map(([key, name, national, , veto]) => make("li", {}, make("a", { href: `#/${county.code}/aspect/${key}`, class: MARKS[national] || "met" }, make("span", { "aria-hidden": "true" }, `${SIGNS[national]} `), name, make("span", { class: "unseen" }, `：${Page.verdict(national, veto)}`)))));

  /** How the two figures are read. */
  Page.legend = () => make("p", { class: "note" }, "图示：各项指标中，圆点为全县平均值，横线为各单元的最低值至最高值，虚线为标准值，三角为有单元未达到；差异系数中，虚线为限值，▲▼为比上年度上升、下降。");

  Page.figures = (county) => make("div", { class: "minis" }, levelFigure(county), spreadFigure(county));

  /** The card of a county in the city's page. */
  Page.card = (county) =>
    make(
      "article",
      { class: "card", "data-county": county.code, "aria-labelledby": `card-${county.code}` },
      make("h3", { id: `card-${county.code}` }, make("a", { href: `#/${county.code}` }, county.name), Page.badge(county.verdict, Page.verdict(county.verdict))),
      make("p", { class: "note" }, county.place === null ? "不列名次" : `第${county.place}位`),
      Page.aspectLinks(county),
      Page.facts(county),
      Page.figures(county)
    );
}
