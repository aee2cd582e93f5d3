using Microsoft.Extensions.DependencyInjection;
using OrleansChat.Gateway.Doors.Web;
using OrleansChat.Gateway.Doors.Web.Wire;

namespace OrleansChat.Gateway.Tests.Doors.Web;

/// <summary>The OpenAPI document says what docs/protocol/http.md says.</summary>
public sealed class OpenApiTests : IAsyncLifetime
{
    /// <summary>The requests of the documents, with their query parameters.</summary>
    private static readonly string[] Documented =
    [
        "POST /v1/sessions", "GET /v1/sessions", "DELETE /v1/sessions/{id}", "GET /v1/account",
        "GET /v1/blocks", "PUT /v1/blocks/{user}", "DELETE /v1/blocks/{user}",
        "POST /v1/messages", "DELETE /v1/messages/{log}/{number}?epoch", "GET /v1/messages?user&room&before&after&around&epoch&limit",
        "GET /v1/logs/{log}?after&epoch&limit", "POST /v1/received",
        "GET /v1/conversations?user&room&limit&before", "PATCH /v1/conversations?user&room", "PUT /v1/read",
        "GET /v1/presence?users", "GET /v1/server",
        "PATCH /v1/account", "PUT /v1/account/password", "DELETE /v1/account", "GET /v1/users?query&limit",
        "POST /v1/accounts", "POST /v1/invitations", "POST /v1/invitations/redeem", "POST /v1/account/reset",
        "POST /v1/rooms", "GET /v1/rooms?mine&limit&after", "GET /v1/rooms/{room}", "PATCH /v1/rooms/{room}", "DELETE /v1/rooms/{room}",
        "GET /v1/rooms/{room}/members?limit&after", "PUT /v1/rooms/{room}/members/{user}", "DELETE /v1/rooms/{room}/members/{user}",
        "POST /v1/events", "GET /v1/events?epoch&log",
    ];

    /// <summary>The errors of the documents, with their statuses.</summary>
    private static readonly string[] Errors =
    [
        "bad-request 400", "no-session 401", "wrong-password 403", "forbidden 403", "not-found 404", "no-recipient 404", "method 405",
        "exists 409", "epoch 409", "mailbox-full 409", "expired 410", "too-large 413", "uri-too-long 414", "media-type 415",
        "key-reused 422", "too-many 429", "headers 431", "internal 500", "unavailable 503", "overloaded 503",
    ];

    private WebWorld _world = null!;

    public async Task InitializeAsync() => _world = await WebWorld.StartAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Theory]
    [InlineData("/V1/openapi.json")]
    [InlineData("/v1/OpenApi.json")]
    public async Task It_has_its_path_in_no_other_case(string path) =>
        Assert.Equal("not-found", (await _world.SendAsync("GET", path)).Problem);

    [Fact]
    public async Task It_has_the_documented_requests_and_no_others()
    {
        var document = (await _world.SendAsync("GET", "/v1/openapi.json")).Json;
        Assert.Equal("3.1.0", document.GetProperty("openapi").GetString());
        var described =
            from path in document.GetProperty("paths").EnumerateObject()
            from operation in path.Value.EnumerateObject()
            let query = operation.Value.GetProperty("parameters").EnumerateArray()
                .Where(parameter => parameter.GetProperty("in").GetString() == "query")
                .Select(parameter => parameter.GetProperty("name").GetString())
            select $"{operation.Name.ToUpperInvariant()} {path.Name}{(query.Any() ? "?" : "")}{string.Join('&', query)}";
        Assert.Equal(Documented.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_errors_are_the_documented_ones() =>
        Assert.Equal(Errors, ProblemCode.All.Select(code => $"{code.Name} {code.Status}"));

    [Fact]
    public async Task Every_body_has_a_schema_with_its_fields()
    {
        var schemas = (await _world.SendAsync("GET", "/v1/openapi.json")).Json.GetProperty("components").GetProperty("schemas");
        Assert.Equal(["to", "text"], Fields("SendBody"));
        Assert.Equal(["id", "log", "number", "sentAt", "durability", "repeated"], Fields("SentBody"));
        Assert.Equal(["entries", "older", "newer"], Fields("PageBody"));
        Assert.Equal(["room", "title", "kind", "history"], Fields("NewRoomBody"));
        Assert.Equal(
            ["room", "title", "kind", "history", "members", "role", "log", "epoch", "joined", "received", "last"], Fields("RoomBody"));
        Assert.Equal(["type", "title", "status", "detail", "code", "id", "first"], Fields("ProblemBody"));

        IEnumerable<string> Fields(string name) =>
            schemas.GetProperty(name).GetProperty("properties").EnumerateObject().Select(field => field.Name);
    }

    [Fact]
    public async Task Every_request_without_a_session_is_refused_but_those_that_say_so()
    {
        _world.Client.DefaultRequestHeaders.Authorization = null;
        foreach (var route in _world.Services.GetRequiredService<WebDoor>().Routes.Where(route => route.NeedsSession))
        {
            var path = route.Path.Replace("{number}", "1", StringComparison.Ordinal).Replace("{log}", "1", StringComparison.Ordinal)
                .Replace("{user}", "lineker", StringComparison.Ordinal).Replace("{id}", "current", StringComparison.Ordinal)
                .Replace("{room}", "general", StringComparison.Ordinal);
            Assert.Equal("no-session", (await _world.SendAsync(route.Method, path, route.Body is null ? null : "{}")).Problem);
        }
    }
}
