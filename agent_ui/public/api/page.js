// Nothing leaves this server: the validator that Swagger UI would ask elsewhere is off.
SwaggerUIBundle({ url: "/api/v1/schema/openapi.json", dom_id: "#api", deepLinking: true, validatorUrl: null })
