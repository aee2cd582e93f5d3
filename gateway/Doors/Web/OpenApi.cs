using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using OrleansChat.Gateway.Doors.Web.Requests;
using OrleansChat.Gateway.Doors.Web.Wire;

namespace OrleansChat.Gateway.Doors.Web;

/// <summary>Describes the requests as OpenAPI 3.1 does, from the same routes that answer them.</summary>
internal static class OpenApi
{
    private const string Json = "application/json", Problem = "application/problem+json";

    /// <summary>The errors that every request may answer.</summary>
    private static readonly ProblemCode[] Common =
        [ProblemCode.BadRequest, ProblemCode.TooMany, ProblemCode.Internal, ProblemCode.Unavailable, ProblemCode.Overloaded];

    /// <summary>Makes the document.</summary>
    public static byte[] Describe(IReadOnlyList<WebRoute> routes)
    {
        var schemas = new JsonObject();
        var paths = new JsonObject();
        foreach (var path in routes.GroupBy(route => route.Path))
            paths[path.Key] = new JsonObject(path.Select(route => KeyValuePair.Create<string, JsonNode?>(
                route.Method.ToLowerInvariant(), Describe(route, schemas))));
        var document = new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject { ["title"] = "OrleansChat", ["version"] = "1" },
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = new JsonObject
                {
                    ["token"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer" },
                },
                ["schemas"] = schemas,
            },
        };
        return System.Text.Encoding.UTF8.GetBytes(document.ToJsonString());
    }

    /// <summary>All errors that a request may answer.</summary>
    public static IEnumerable<ProblemCode> ErrorsOf(WebRoute route) => ProblemCode.All.Where(code =>
        Common.Contains(code) || route.Errors.Contains(code) || (route.NeedsSession && code == ProblemCode.NoSession)
        || (route.Body is not null && (code == ProblemCode.TooLarge || code == ProblemCode.MediaType)));

    private static JsonObject Describe(WebRoute route, JsonObject schemas)
    {
        var responses = new JsonObject();
        foreach (var status in route.Success)
            responses[Text(status)] = Response("It was done.", Json, route.Returns, schemas);
        foreach (var errors in ErrorsOf(route).GroupBy(code => code.Status))
            responses[Text(errors.Key)] = Response(
                string.Join(" ", errors.Select(code => $"{code.Name}: {code.Meaning}.")), Problem, typeof(ProblemBody), schemas);
        var operation = new JsonObject
        {
            ["summary"] = route.Summary,
            ["parameters"] = Parameters(route),
            ["responses"] = responses,
            ["security"] = route.NeedsSession ? new JsonArray(new JsonObject { ["token"] = new JsonArray() }) : [],
        };
        if (route.Body is not null)
        {
            operation["requestBody"] = new JsonObject
            {
                ["required"] = !route.MayLackBody,
                ["content"] = new JsonObject { [Json] = new JsonObject { ["schema"] = Reference(route.Body, schemas) } },
            };
        }
        return operation;
    }

    private static JsonArray Parameters(WebRoute route)
    {
        var inPath = route.Segments.Where(segment => segment[0] == '{').Select(segment => Parameter("path", segment[1..^1], true));
        return new JsonArray([.. inPath.Concat(route.Query.Select(name => Parameter("query", name, false)))]);
    }

    private static JsonObject Parameter(string place, string name, bool isRequired) => new()
    {
        ["name"] = name,
        ["in"] = place,
        ["required"] = isRequired,
        ["schema"] = new JsonObject { ["type"] = name switch { "limit" or "number" => "integer", "mine" => "boolean", _ => "string" } },
    };

    private static JsonObject Response(string description, string contentType, Type? body, JsonObject schemas)
    {
        var response = new JsonObject { ["description"] = description };
        if (body is not null)
            response["content"] = new JsonObject { [contentType] = new JsonObject { ["schema"] = Reference(body, schemas) } };
        return response;
    }

    private static JsonObject Reference(Type type, JsonObject schemas)
    {
        if (!schemas.ContainsKey(type.Name)) schemas[type.Name] = WebJson.Default.Options.GetJsonSchemaAsNode(type);
        return new JsonObject { ["$ref"] = $"#/components/schemas/{type.Name}" };
    }

    private static string Text(int status) => status.ToString(CultureInfo.InvariantCulture);
}
