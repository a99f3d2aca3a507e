// page.js BROWSER FILE: four screens of the page; see check. Screenshots stay in build/browser.
const puppeteer = require("puppeteer-core"), fs = require("fs");
const [browser, file] = process.argv.slice(2);
(async () => {
  const b = await puppeteer.launch({ executablePath: browser, args: ["--no-sandbox"] });
  let bad = 0;
  for (const scheme of ["light", "dark"]) for (const width of [390, 1280]) {
    const p = await b.newPage(), asked = [];
    await p.setViewport({ width, height: 900 });
    await p.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    p.on("request", r => asked.push(r.url()));
    await p.goto("file://" + file);
    await p.evaluate(fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8"));
    const found = (await p.evaluate(() => axe.run())).violations;
    const wide = await p.evaluate(() => document.documentElement.scrollWidth);
    await p.screenshot({ path: `${scheme}-${width}.png`, fullPage: true });
    console.log(`${scheme} ${width}: ${found.length} violations, ${wide} pixels wide, ${asked.length - 1} requests`);
    for (const v of found) console.log(`  ${v.id}: ${v.help}`);
    bad += found.length + (wide > width) + asked.length - 1;
  }
  await b.close();
  process.exit(bad ? 1 : 0);
})();
