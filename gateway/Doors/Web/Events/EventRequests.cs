using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using OrleansChat.Gateway.Doors.Web.Requests;
using OrleansChat.Gateway.Doors.Web.Wire;
using OrleansChat.Gateway.Sessions.Push;
using OrleansChat.Identifiers;

namespace OrleansChat.Gateway.Doors.Web.Events;

/// <summary>Event streams: an answer that goes on for as long as its session and its client do.</summary>
internal sealed class EventRequests(StreamHub hub)
{
    private const int MaxBody = 48 << 10, MaxWatched = 200;

    /// <summary>Events are given to the client's TCP together, up to this many bytes; one event may be longer.</summary>
    private const int FlushAfter = 16 << 10;

    public IReadOnlyList<WebRoute> Routes =>
    [
        new("POST", "/v1/events", "Events as they come, as text/event-stream: where the client was, and on from there.", PostAsync)
        {
            Body = typeof(EventsBody), MayLackBody = true, MaxBody = MaxBody, Errors = [ProblemCode.NotFound],
        },
        new("GET", "/v1/events", "The same, with few logs: log=LOG:N, several separated by commas.", GetAsync)
        {
            Query = ["epoch", "log"], Errors = [ProblemCode.NotFound],
        },
    ];

    private async Task<WebAnswer> PostAsync(WebRequest request)
    {
        var key = request.SessionKey;
        var body = await request.ReadBodyIfAnyAsync<EventsBody>() ?? new EventsBody();
        var watched = body.Watch ?? [];
        if (watched.Length > MaxWatched)
            throw RequestException.Bad(string.Create(CultureInfo.InvariantCulture, $"'watch' may name {MaxWatched} users."));
        if (Array.Exists(watched, user => user is null || !UserName.IsValid(user)))
            throw RequestException.Bad("'watch' is a list of user names.");
        return await OpenAsync(request, key, body.Epoch, body.Logs ?? [], watched.ToHashSet());
    }

    private Task<WebAnswer> GetAsync(WebRequest request)
    {
        var logs = new Dictionary<string, long>();
        foreach (var place in request.Query("log")?.Split(',') ?? [])
        {
            if (place.Split(':') is not [var log, var number] || !logs.TryAdd(log, WebRequest.ReadNumber(number, "log")))
                throw RequestException.Bad("'log' is LOG:NUMBER, and names each log once.");
        }
        return OpenAsync(request, request.SessionKey, request.Query("epoch"), logs, []);
    }

    private async Task<WebAnswer> OpenAsync(
        WebRequest request, string? key, string? epoch, Dictionary<string, long> logs, HashSet<string> watched)
    {
        if (request.Header("Last-Event-ID") is not null)
            throw RequestException.Bad("Events have no ids: name each log and its number instead of sending Last-Event-ID.");
        if (epoch is not null) WebRequest.CheckEpoch(epoch);
        else if (logs.Count > 0) throw RequestException.Bad("Numbers of logs come with the 'epoch' that they were learned in.");
        if (logs.Values.Any(number => number < 0)) throw RequestException.Bad("A number of a log is not negative.");
        var from = logs.ToDictionary(log => WebRequest.ReadLog(log.Key), log => log.Value);
        var client = request.NewStreamSession();
        var opened = await hub.OpenAsync(client, key, new StreamStart(epoch, from, watched), request.Abort);
        var stream = WebRequest.Expect(opened);
        return new WebAnswer(StatusCodes.Status200OK) { Stream = (context, connection) => RunAsync(context, connection, stream) };
    }

    private async Task RunAsync(HttpContext context, WebConnection connection, EventStream stream)
    {
        try
        {
            // What a stream must take in time, the watch over all connections says.
            if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate) rate.MinDataRate = null;
            using var gone = context.RequestAborted.Register(stream.End);
            context.Response.ContentType = "text/event-stream";
            context.Response.Headers["X-Accel-Buffering"] = "no";
            connection.Streams(true);
            var output = context.Response.BodyWriter;
            while (await stream.NextAsync() is { } next)
            {
                var bytes = EventWriter.Write(output, next);
                while (bytes < FlushAfter && stream.TryNext(out next)) bytes += EventWriter.Write(output, next);
                connection.Writes(bytes);
                var flushed = await output.FlushAsync(context.RequestAborted);
                connection.Writes(0);
                if (flushed.IsCompleted) return;
            }
        }
        finally
        {
            connection.Streams(false);
            hub.Close(stream);
        }
    }
}
