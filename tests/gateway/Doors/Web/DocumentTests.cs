using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using OrleansChat.Gateway.Doors.Web;
using OrleansChat.Gateway.Doors.Web.Requests;

namespace OrleansChat.Gateway.Tests.Doors.Web;

/// <summary>docs/protocol/http.md shows every request with curl, and none that there is not.</summary>
public sealed partial class DocumentTests
{
    [Fact]
    public async Task Every_request_is_shown_with_curl()
    {
        await using var world = await WebWorld.StartAsync();
        var routes = world.Services.GetRequiredService<WebDoor>().Routes;
        var shown = ReadCurls().ToArray();
        Assert.All(routes, route => Assert.Contains(shown, curl => Asks(curl, route)));
        Assert.All(shown.Where(curl => curl != ("GET", "/openapi.json")), curl => Assert.Contains(routes, route => Asks(curl, route)));
    }

    private static IEnumerable<(string Method, string Path)> ReadCurls()
    {
        var text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "http.md")).Replace("\\\n", " ", StringComparison.Ordinal);
        foreach (Match curl in Curl().Matches(text))
        {
            var (line, path) = (curl.Value, curl.Groups["path"].Value);
            var method = Method().Match(line) is { Success: true } named ? named.Groups[1].Value
                : line.Contains(" --json ", StringComparison.Ordinal) ? "POST" : "GET";
            yield return (method, path);
        }
    }

    private static bool Asks((string Method, string Path) curl, WebRoute route)
    {
        var segments = $"v1{curl.Path}".Split('/');
        return curl.Method == route.Method && segments.Length == route.Segments.Length
            && segments.Zip(route.Segments).All(pair => pair.Second[0] == '{' || pair.First == pair.Second);
    }

    [GeneratedRegex(@"curl -s[^\n`]*?\$API(?<path>[^\s""?`]*)[^\n`]*")]
    private static partial Regex Curl();

    [GeneratedRegex(" -X ([A-Z]+) ")]
    private static partial Regex Method();
}
