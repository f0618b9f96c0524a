// Measures the first page and a long list in a real browser, and prints the figures as JSON. `mage bench` runs it; the
// session in BENCH_SESSION has 1,000 todos.
import { baseUrl, launch, open } from "../e2e/browser.mjs";
import { TodoPage } from "../e2e/todo-page.mjs";

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

/**
 * Of a first visit: the time to the largest contentful paint (ms), the bytes of the scripts that the document itself asks
 * for, as they were transferred, and those of the scripts that the page fetched afterwards, when it was idle.
 */
async function firstPage(browser) {
  const context = await browser.newContext({ baseURL: baseUrl });
  const page = await context.newPage();
  const answer = await page.goto("/", { waitUntil: "networkidle" });
  const figures = await page.evaluate(
    async (html) => {
      const lcp = await new Promise((resolve) => {
        new PerformanceObserver((list) => resolve(list.getEntries().at(-1).startTime)).observe({
          type: "largest-contentful-paint",
          buffered: true,
        });
      });
      const asking = new DOMParser()
        .parseFromString(html, "text/html")
        .querySelectorAll("script[src], link[rel=preload][as=script], link[rel=modulepreload]");
      const asked = new Set(
        [...asking].map((element) => new URL(element.src ?? element.href, location).href),
      );
      const scripts = performance
        .getEntriesByType("resource")
        .filter(({ name }) => new URL(name).pathname.endsWith(".js"));
      const bytes = (some) => some.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);
      return {
        lcp,
        javaScript: bytes(scripts.filter(({ name }) => asked.has(name))),
        laterJavaScript: bytes(scripts.filter(({ name }) => !asked.has(name))),
      };
    },
    await answer.text(),
  );
  await context.close();
  return figures;
}

/** How long a click on a filter takes until its list is there (ms). */
async function filtering(todos) {
  const times = [];
  for (const [name, first] of [
    ["Completed", "Todo 10"],
    ["All", "Todo 0"],
    ["Pending", "Todo 0"],
    ["Completed", "Todo 10"],
    ["All", "Todo 0"],
  ]) {
    const link = await todos.filter(name).elementHandle();
    times.push(
      await link.evaluate(
        (element, [title, pressed]) => {
          const started = performance.now();
          element.click();
          return new Promise((resolve) => {
            const look = () => {
              const shown = document.querySelector("[role=checkbox], input[type=checkbox]");
              const there = new URL(location.href).search === pressed;
              if (there && shown?.getAttribute("aria-label") === title) resolve(performance.now() - started);
              else requestAnimationFrame(look);
            };
            look();
          });
        },
        [first, new URL(await link.getAttribute("href"), baseUrl).search],
      ),
    );
  }
  return median(times);
}

/** Scrolls to the end of the list; the longest task of the page meanwhile (ms, 0 when none took 50) and how far it went. */
async function scrolling(page) {
  await page.evaluate(() => {
    globalThis.longest = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries())
        globalThis.longest = Math.max(globalThis.longest, duration);
    }).observe({ type: "longtask" });
  });
  await page.mouse.move(400, 500);
  let still = 0;
  let last = -1;
  for (let step = 0; step < 600 && still < 40; step += 1) {
    await page.mouse.wheel(0, 600);
    await page.waitForTimeout(50);
    const top = await page.evaluate(() => window.scrollY);
    still = top === last ? still + 1 : 0;
    last = top;
  }
  return page.evaluate(() => ({
    longestTask: globalThis.longest,
    lastTitle: [...document.querySelectorAll("[role=checkbox], input[type=checkbox]")].at(-1)?.ariaLabel,
  }));
}

const browser = await launch();
try {
  const visits = [];
  for (let visit = 0; visit < 3; visit += 1) visits.push(await firstPage(browser));
  const context = await browser.newContext({ baseURL: baseUrl, viewport: { width: 1280, height: 800 } });
  await context.addCookies([{ name: "todo_session", value: process.env.BENCH_SESSION, url: baseUrl }]);
  const page = await open(context);
  const filter = await filtering(new TodoPage(page));
  const { longestTask, lastTitle } = await scrolling(page);
  console.log(
    JSON.stringify({
      lcp: median(visits.map(({ lcp }) => lcp)),
      javaScript: median(visits.map(({ javaScript }) => javaScript)),
      laterJavaScript: median(visits.map(({ laterJavaScript }) => laterJavaScript)),
      filter,
      longestTask,
      scrolled: Number(/\d+/.exec(lastTitle ?? "")?.[0] ?? 0),
    }),
  );
} finally {
  await browser.close();
}
