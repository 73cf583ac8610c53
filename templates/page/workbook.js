"use strict";
// A table as CSV and as an Excel workbook. The workbook is written here: the libraries that write them are larger than this
// page (ExcelJS 0.9 MB), and in a CSV alone Excel would take 12/15 for a day in December.
{
  const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  const escape = (text) => text.replace(/[&<>"]/g, (sign) => ESCAPES[sign]).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "");
  const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
  const RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships";
  const OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';

  /** The name of a column: 0 is A, 26 is AA. */
  const letters = (place) => (place < 26 ? "" : letters(Math.floor(place / 26) - 1)) + String.fromCharCode(65 + (place % 26));

  function cell(value, row, column) {
    const at = `${letters(column)}${row + 1}`;
    if (typeof value === "number") return `<c r="${at}"><v>${value}</v></c>`;
    return `<c r="${at}" t="inlineStr"><is><t xml:space="preserve">${escape(value)}</t></is></c>`;
  }

  function parts(name, rows) {
    const lines = rows.map((row, place) => `<row r="${place + 1}">${row.map((value, column) => cell(value, place, column)).join("")}</row>`);
    const title = escape(name.replace(/[\\/?*[\]:]/g, "").slice(0, 31));
    const type = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    return {
      "[Content_Types].xml": `${HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${type}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${type}.worksheet+xml"/></Types>`,
      "_rels/.rels": `${HEAD}<Relationships xmlns="${RELATIONS}"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
      "xl/workbook.xml": `${HEAD}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets><sheet name="${title}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
      "xl/_rels/workbook.xml.rels": `${HEAD}<Relationships xmlns="${RELATIONS}"><Relationship Id="rId1" Type="${OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
      "xl/worksheets/sheet1.xml": `${HEAD}<worksheet xmlns="${MAIN}"><sheetData>${lines.join("")}</sheetData></worksheet>`,
    };
  }

  function checksum(bytes) {
    let sum = -1;
    for (const byte of bytes) {
      sum ^= byte;
      for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
    }
    return ~sum >>> 0;
  }

  /** Numbers of 2 or 4 bytes, low byte first, as [size, number] pairs. */
  function fields(...pairs) {
    const found = [];
    for (const [size, number] of pairs) for (let place = 0; place < size; place += 1) found.push((number >>> (8 * place)) & 255);
    return new Uint8Array(found);
  }

  /** A ZIP archive whose files are stored as they are, dated 1980-01-01. */
  function archive(files) {
    const encoder = new TextEncoder();
    const bodies = [], entries = [];
    let place = 0;
    for (const [name, text] of Object.entries(files)) {
      const path = encoder.encode(name), content = encoder.encode(text);
      const told = [[2, 20], [2, 0x800], [2, 0], [2, 0], [2, 33], [4, checksum(content)], [4, content.length], [4, content.length], [2, path.length], [2, 0]];
      const header = fields([4, 0x04034b50], ...told);
      entries.push(fields([4, 0x02014b50], [2, 20], ...told, [2, 0], [2, 0], [2, 0], [4, 0], [4, place]), path);
      bodies.push(header, path, content);
      place += header.length + path.length + content.length;
    }
    const size = entries.reduce((sum, entry) => sum + entry.length, 0);
    const count = entries.length / 2;
    return [...bodies, ...entries, fields([4, 0x06054b50], [2, 0], [2, 0], [2, count], [2, count], [4, size], [4, place], [2, 0])];
  }

  /** Rows (texts and numbers) as an Excel workbook of one sheet. */
  Page.xlsx = (name, rows) =>
    new Blob(archive(parts(name, rows)), { type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" });

  /** Rows as CSV with a byte order mark, as Excel and WPS want it. A text that begins like a formula gets a blank in front. */
  Page.csv = (rows) => {
    const written = (value) => {
      const text = typeof value === "string" && /^[=+@\t-]/.test(value) ? ` ${value}` : String(value);
      return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    };
    return new Blob([`\ufeff${rows.map((row) => row.map(written).join(",")).join("\r\n")}\r\n`], { type: "text/csv" });
  };

  Page.save = (blob, name) => {
    const link = Page.make("a", { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  };
}
