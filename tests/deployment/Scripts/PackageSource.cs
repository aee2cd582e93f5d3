using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OrleansChat.Deployment.Tests.Scripts;

/// <summary>A package source with one package, <see cref="Package"/> 1.0.0, which has a known vulnerability.</summary>
internal sealed class PackageSource : IAsyncDisposable
{
    public const string Package = "OrleansChat.Advised";
    private static readonly string Id = Package.ToUpperInvariant().ToLowerInvariant();

    private readonly WebApplication _server;

    private PackageSource(WebApplication server) => _server = server;

    /// <summary>Its address, as NuGet's settings take it.</summary>
    public string Index => $"{_server.Urls.Single()}/index.json";

    public static async Task<PackageSource> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var source = new PackageSource(builder.Build());
        source._server.Run(source.AnswerAsync);
        await source._server.StartAsync();
        return source;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private Task AnswerAsync(HttpContext context)
    {
        var root = _server.Urls.Single();
        return context.Request.Path.Value switch
        {
            "/index.json" => Json(new
            {
                version = "3.0.0",
                resources = new[]
                {
                    Resource("/packages/", "PackageBaseAddress/3.0.0"),
                    Resource("/vulnerabilities.json", "VulnerabilityInfo/6.7.0"),
                },
            }),
            "/vulnerabilities.json" => Json(new[] { new Dictionary<string, string>
            {
                ["@name"] = "base", ["@id"] = $"{root}/base.json", ["@updated"] = "2026-01-01T00:00:00Z", ["comment"] = "",
            } }),
            "/base.json" => Json(new Dictionary<string, object[]>
            {
                [Id] = [new { severity = 2, url = "https://advisories.example/1", versions = "(, 2.0.0)" }],
            }),
            var path when path == $"/packages/{Id}/index.json" => Json(new { versions = new[] { "1.0.0" } }),
            var path when path == $"/packages/{Id}/1.0.0/{Id}.1.0.0.nupkg" => context.Response.Body.WriteAsync(Pack()).AsTask(),
            _ => NotFound(),
        };

        Dictionary<string, string> Resource(string path, string type) => new() { ["@id"] = root + path, ["@type"] = type };

        Task Json(object value) => context.Response.WriteAsync(JsonSerializer.Serialize(value));

        Task NotFound()
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }
    }

    private static byte[] Pack()
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create))
        using (var entry = zip.CreateEntry($"{Package}.nuspec").Open())
        {
            entry.Write(Encoding.UTF8.GetBytes(
                $"""<package><metadata><id>{Package}</id><version>1.0.0</version><authors>tests</authors>"""
                + """<description>tests</description></metadata></package>"""));
        }
        return stream.ToArray();
    }
}
