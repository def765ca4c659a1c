// The page that describes the interface for programs: Swagger UI over our own schema, nothing from outside.
const schema = document.getElementById("docs").dataset.schema;
SwaggerUIBundle({
  url: schema,
  dom_id: "#swagger",
  deepLinking: true,
  docExpansion: "list",
  validatorUrl: null,
  defaultModelsExpandDepth: 0,
  // Trying out goes with a token typed in; without one the session of the portal answers reads only.
  persistAuthorization: false,
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
});
