// Deno 2.9's URL.parse needs its `this`, without which fastify's router calls it for a target that is a whole URI. Imported first.
URL.parse = URL.parse.bind(URL);
