// Shows /openapi.json with the Swagger UI that `npm run build` puts beside this file.
globalThis.SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  validatorUrl: null,
})
