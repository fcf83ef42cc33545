/**
 * The one element that a selector names.
 *
 * @template {HTMLElement} [E=HTMLElement]
 * @param {string} selector
 * @param {ParentNode} [within]
 * @returns {E}
 */
export function find(selector, within = document) {
  const element = within.querySelector(selector);
  if (!element) throw new Error(`No ${selector} in the page`);
  return /** @type {E} */ (element);
}

/** A copy of a template's element. @param {string} id */
export function copyOf(id) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById(id));
  return /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
}

/** Shows a text, or hides the element where there is none. @param {HTMLElement} element @param {string | null | undefined} text */
export function show(element, text) {
  if (element.textContent !== (text ?? "")) element.textContent = text ?? "";
  element.hidden = !text;
}

/** Says why there is nothing to see, or that there is something. @param {{ heading: string, text: string } | null} why */
export function showEmpty(why) {
  const element = find("#empty");
  show(find("h1", element), why?.heading);
  show(find("p", element), why?.text);
  element.hidden = !why;
  document.title = why?.heading ?? "Your request";
}

/**
 * An element with a text, or with children.
 *
 * @param {string} name
 * @param {...(string | Node)} content
 */
export function make(name, ...content) {
  const element = document.createElement(name);
  element.append(...content);
  // A text runs in the direction of its own language.
  if (content.every((each) => typeof each === "string")) element.dir = "auto";
  return element;
}

/**
 * Makes a list's elements those of its items, and keeps the elements of items that stay: what has
 * the focus keeps it, and what was scrolled its place (in browsers that can move an element).
 *
 * @template {{ id: string }} Item
 * @param {HTMLElement} list
 * @param {Item[]} items
 * @param {(item: Item) => HTMLElement} create
 */
export function keepList(list, items, create) {
  const known = new Map(
    [...list.children].map((child) => [/** @type {HTMLElement} */ (child).dataset.id, child]),
  );
  for (const [id, child] of known) {
    if (!items.some((item) => item.id === id)) child.remove();
  }
  items.forEach((item, at) => {
    let child = known.get(item.id);
    if (!child) {
      child = create(item);
      /** @type {HTMLElement} */ (child).dataset.id = item.id;
    }
    if (list.children[at] !== child) move(list, child, list.children[at] ?? null);
  });
}

/** @param {any} list @param {Element} child @param {Element | null} before */
function move(list, child, before) {
  const focused = document.activeElement;
  if (child.isConnected && list.moveBefore) list.moveBefore(child, before);
  else list.insertBefore(child, before);
  if (focused !== document.activeElement && child.contains(focused)) {
    /** @type {HTMLElement} */ (focused).focus({ preventScroll: true });
  }
}
