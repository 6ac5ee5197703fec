// Shows openapi.json: grouped, searchable, and able to send the GET requests with the session that is signed in.
// Everything from the document enters the page as text, never as markup.

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

// Text with `code` in it.
function prose(text) {
  return text.split('`').map((part, index) => (index % 2 ? element('code', { textContent: part }) : part));
}

function resolve(spec, node) {
  if (!node || !node.$ref) return node;
  return node.$ref.slice(2).split('/').reduce((at, key) => at?.[key], spec) ?? {};
}

function operationsOf(spec) {
  return Object.entries(spec.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => ({ path, method, ...item[method] })));
}

// Schemas

function typeText(schema) {
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const type = [schema.type ?? 'any'].flat().join(' | ');
  const bounds = [];
  if (schema.format) bounds.push(schema.format);
  if (schema.minimum !== undefined) bounds.push(`≥ ${schema.minimum}`);
  if (schema.maximum !== undefined) bounds.push(`≤ ${schema.maximum}`);
  if (schema.maxLength !== undefined) bounds.push(`at most ${schema.maxLength} characters`);
  if (schema.default !== undefined) bounds.push(`default ${JSON.stringify(schema.default)}`);
  return bounds.length ? `${type} (${bounds.join(', ')})` : type;
}

// A name that links to the schema, or the type written out.
function typeOf(schema) {
  if (schema.$ref) {
    const name = schema.$ref.split('/').pop();
    return element('a', { href: `#schema-${name}`, textContent: name });
  }
  if (schema.type === 'array') return element('span', {}, 'array of ', typeOf(schema.items ?? {}));
  return element('span', { className: 'type', textContent: typeText(schema) });
}

function alternativesOf(schema) {
  return schema.oneOf ?? schema.anyOf ?? schema.allOf;
}

function fieldsOf(schema) {
  const list = element('ul', { className: 'fields' });
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const required = (schema.required ?? []).includes(name);
    const inner = field.type === 'array' ? (field.items ?? {}) : field;
    list.append(element('li', {},
      element('code', { textContent: name }), ' ', typeOf(field),
      required ? null : element('span', { className: 'note', textContent: ' optional' }),
      field.description ? element('span', { className: 'note' }, ' · ', ...prose(field.description)) : null,
      inner.properties ? fieldsOf(inner) : null));
  }
  return list;
}

function schemaView(schema) {
  const view = element('div', {});
  if (schema.description) view.append(element('p', { className: 'note' }, ...prose(schema.description)));
  if (schema.properties) view.append(fieldsOf(schema));
  else if (alternativesOf(schema)) view.append(...alternativesOf(schema).map((one) => element('p', {}, typeOf(one))));
  else view.append(element('p', {}, typeOf(schema)));
  return view;
}

function schemaPanel(name, schema) {
  return element('details', { id: `schema-${name}` },
    element('summary', {}, element('code', { textContent: name })),
    element('div', { className: 'body' }, schemaView(schema)));
}

// Operations

function contentView(title, content) {
  return Object.entries(content ?? {}).map(([type, { schema }]) =>
    element('div', {},
      element('h3', {}, `${title} `, element('span', { className: 'note', textContent: type })),
      schema ? typeOf(schema) : null));
}

function parameterTable(parameters, inputs) {
  const rows = parameters.map((parameter) => {
    const input = inputs ? element('input', { ariaLabel: parameter.name, autocomplete: 'off' }) : null;
    if (input && parameter.in !== 'header') inputs.push({ parameter, input });
    return element('tr', {},
      element('td', {}, element('code', { textContent: parameter.name })),
      element('td', {}, `${parameter.in}${parameter.required ? ', required' : ''}`),
      element('td', {}, typeOf(parameter.schema ?? {})),
      element('td', {}, ...prose(parameter.description ?? '')),
      inputs ? element('td', {}, input) : null);
  });
  const heads = ['Name', 'In', 'Type', 'Description', ...(inputs ? ['Value'] : [])];
  return element('div', { className: 'scroll' }, element('table', {},
    element('thead', {}, element('tr', {}, ...heads.map((head) => element('th', { scope: 'col', textContent: head })))),
    element('tbody', {}, ...rows)));
}

// The slashes of a repository are part of the path, everything else is not.
function urlOf(path, inputs) {
  const query = new URLSearchParams();
  let filled = path;
  for (const { parameter, input } of inputs) {
    if (parameter.in === 'path')
      filled = filled.replace(`{${parameter.name}}`, encodeURIComponent(input.value).replaceAll('%2F', '/'));
    else if (input.value !== '') query.append(parameter.name, input.value);
  }
  const text = query.toString();
  return filled + (text ? `?${text}` : '');
}

const SHOWN_CHARACTERS = 200_000;

async function showAnswer(url, status, output) {
  output.hidden = false;
  output.textContent = '';
  status.textContent = `GET ${url} …`;
  const started = performance.now();
  try {
    const response = await fetch(url, { headers: { 'X-Requested-With': 'cang' }, credentials: 'same-origin' });
    let text = await response.text();
    const milliseconds = Math.round(performance.now() - started);
    if ((response.headers.get('Content-Type') ?? '').includes('json')) text = JSON.stringify(JSON.parse(text), null, 2);
    output.textContent = text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}\n…` : text;
    status.textContent = `${response.status} in ${milliseconds} ms · GET ${url}`;
    if (response.status === 401) status.textContent += ' · sign in to the web UI first';
  } catch (error) {
    status.textContent = `GET ${url}: ${error.message}`;
  }
}

function trial(operation, inputs) {
  const status = element('span', { className: 'note', role: 'status' });
  const output = element('pre', { hidden: true, tabIndex: 0 });
  const form = element('form', { className: 'row' }, element('button', { textContent: 'Send' }), status);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const missing = inputs.find(({ parameter, input }) => parameter.required && input.value === '');
    if (missing) {
      status.textContent = `${missing.parameter.name} is needed`;
      missing.input.focus();
    } else {
      void showAnswer(urlOf(operation.path, inputs), status, output);
    }
  });
  for (const { input } of inputs)
    input.addEventListener('keydown', (event) => event.key === 'Enter' && form.requestSubmit());
  return element('div', {}, form, output);
}

function operationBody(spec, operation) {
  const body = element('div', { className: 'body' });
  const inputs = operation.method === 'get' ? [] : null;
  const parameters = (operation.parameters ?? []).map((parameter) => resolve(spec, parameter));
  body.append(element('p', { className: 'note' }, `${operation.operationId} · access: ${operation['x-access'] ?? 'any'}`));
  if (parameters.length) body.append(element('h3', { textContent: 'Parameters' }), parameterTable(parameters, inputs));
  body.append(...contentView('Request', operation.requestBody?.content));
  for (const [code, response] of Object.entries(operation.responses)) {
    const { content } = resolve(spec, response);
    const title = code === 'default' ? 'Any error' : `Answer ${code}`;
    body.append(...(content ? contentView(title, content) : [element('h3', { textContent: `${title}, no body` })]));
  }
  if (inputs) body.append(trial(operation, inputs));
  return body;
}

function operationPanel(spec, operation) {
  const method = operation.method.toUpperCase();
  const panel = element('details', { id: operation.operationId },
    element('summary', {},
      element('span', { className: `method ${method}`, textContent: method }),
      element('span', { className: 'path', textContent: operation.path }),
      element('span', { className: 'about', textContent: operation.summary ?? '' })));
  // Hundreds of closed panels need no inside.
  panel.addEventListener('toggle', () => {
    if (panel.open && !panel.querySelector('.body')) panel.append(operationBody(spec, operation));
  });
  panel.searchText = [method, operation.path, operation.operationId, operation.summary, ...(operation.tags ?? [])]
    .join(' ').toLowerCase();
  return panel;
}

function fill(spec) {
  document.getElementById('version').textContent = spec.info.version;
  document.getElementById('intro').replaceChildren(...prose(spec.info.description ?? ''));
  const contents = document.getElementById('contents');
  const place = document.getElementById('operations');
  const operations = operationsOf(spec);
  for (const { name } of spec.tags ?? []) {
    const panels = operations.filter(({ tags }) => tags?.includes(name)).map((one) => operationPanel(spec, one));
    place.append(element('section', {}, element('h2', { id: `group-${name}`, textContent: name }), ...panels));
    contents.append(element('a', { href: `#group-${name}`, textContent: name }));
  }
  contents.append(element('a', { href: '#schemas-heading', textContent: 'Schemas' }));
  const schemas = Object.entries(spec.components?.schemas ?? {});
  document.getElementById('schemas').append(...schemas.map(([name, schema]) => schemaPanel(name, schema)));
}

function search(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const section of document.querySelectorAll('#operations section')) {
    const panels = [...section.querySelectorAll('details')];
    for (const panel of panels) panel.hidden = !words.every((word) => panel.searchText.includes(word));
    const shown = panels.filter((panel) => !panel.hidden).length;
    section.hidden = shown === 0;
    found += shown;
  }
  document.getElementById('nothing').hidden = found > 0;
}

function openTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target instanceof HTMLDetailsElement) target.open = true;
  target?.scrollIntoView();
}

async function start() {
  try {
    const response = await fetch('openapi.json');
    if (!response.ok) throw new Error(`openapi.json: ${response.status}`);
    fill(await response.json());
  } catch (error) {
    document.getElementById('intro').textContent = `The document could not be read: ${error.message}`;
    return;
  }
  const field = document.getElementById('search');
  field.addEventListener('input', () => search(field.value));
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    field.focus();
  });
  window.addEventListener('hashchange', openTarget);
  openTarget();
}

void start();
