// Elements are made, never written: no text can become HTML.

/** An element with attributes and children; texts become text. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(key, '');
    else if (value !== false && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children.flat());
  return element;
}

/** The element of this id. */
export function one(id) {
  return document.getElementById(id);
}

/** A text in which `code` stands between backticks. */
export function prose(text) {
  return text.split('`').map((part, at) => (at % 2 ? make('code', {}, part) : part));
}
