using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansChat.Gateway.Doors.Web.Events;
using OrleansChat.Gateway.Doors.Web.Requests;
using OrleansChat.Gateway.Doors.Web.Wire;
using OrleansChat.Gateway.Options;
using OrleansChat.Gateway.Sessions;
using OrleansChat.Gateway.Sessions.Push;
using OrleansChat.Gateway.Transport;

namespace OrleansChat.Gateway.Doors.Web;

/// <summary>The HTTP door: what it answers, and what all answers have in common.</summary>
internal sealed partial class WebDoor
{
    /// <summary>The greatest length of all headers of a request.</summary>
    private const int MaxHeaderBytes = 32 << 10;

    /// <summary>The path at which a balancer asks whether this process is ready.</summary>
    public const string ReadyPath = $"/{Ready}";

    private const string NoStore = "no-store", NoSniff = "nosniff", Ready = "ready";

    private readonly GatewayServices _services;
    private readonly BodyLimits _bodies;
    private readonly Price _price;
    private readonly Credentials _credentials;
    private readonly ILogger _logger;
    private readonly WebRoute[] _routes;
    private readonly Dictionary<(string Method, string Target), WebRoute> _plain;
    private readonly byte[] _openApi;

    public WebDoor(GatewayServices services, StreamHub streams, WebOptions options, LimitOptions limits, ILogger<WebDoor> logger)
    {
        (_services, _logger) = (services, logger);
        _bodies = new BodyLimits(limits, services.Time);
        _price = new Price(services);
        _credentials = new Credentials(options);
        _routes =
        [
            .. SessionRequests.Routes, .. MessageRequests.Routes, .. new ConversationRequests(services).Routes,
            .. new ServerRequests(services).Routes, .. AccountRequests.Routes, .. RegistrationRequests.Routes,
            .. RoomRequests.Routes, .. MemberRequests.Routes, .. new EventRequests(streams).Routes,
        ];
        _plain = _routes.Where(route => !route.Path.Contains('{', StringComparison.Ordinal))
            .ToDictionary(route => (route.Method, route.Path));
        _openApi = OpenApi.Describe(_routes);
    }

    /// <summary>The requests that it answers, as the OpenAPI document describes them.</summary>
    public IReadOnlyList<WebRoute> Routes => _routes;

    /// <summary>Makes an application answer HTTP.</summary>
    public static void Map(WebApplication app)
    {
        var door = app.Services.GetRequiredService<WebDoor>();
        app.Use(door.AnswerAsync);
        app.UseRouting();
        foreach (var route in door._routes)
            app.MapMethods(route.Path, [route.Method], context => door.AnswerAsync(context, route)).WithMetadata(route);
        app.MapMethods("/v1/openapi.json", ["GET"], door.DescribeAsync);
        app.MapMethods(ReadyPath, ["GET"], door.ReadyAsync).WithMetadata(new StatusOnly());
    }

    /// <summary>Answers a request with whatever comes of it, and an error always as a problem.</summary>
    private async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<WebConnection>() is not { } connection)
        {
            // An address of another door.
            context.Abort();
            return;
        }
        connection.Client.Heard();
        try
        {
            await AnswerOrFailAsync(context, connection, next);
        }
        catch (Exception exception) when (context.RequestAborted.IsCancellationRequested || exception is ClientGoneException)
        {
            context.Abort();
        }
        finally
        {
            connection.Writes(0);
            connection.Client.AwaitsInput(0, 0);
            _price.ChargeBytes(connection, connection.TakeArrived());
        }
    }

    private async Task AnswerOrFailAsync(HttpContext context, WebConnection connection, RequestDelegate next)
    {
        var response = context.Response;
        response.Headers.CacheControl = NoStore;
        response.Headers.XContentTypeOptions = NoSniff;
        RequestException problem;
        try
        {
            // A balancer must learn whether this process is ready, whatever strangers owe.
            var raw = RawTargetOf(context);
            if (raw != ReadyPath) await _price.PayAsync(connection, context);
            RequireShortHeaders(context.Request.Headers);
            var target = connection.TargetOf(raw);
            // Who asks whether this process is ready goes by its address.
            if (target.Segments is not [Ready]) RequireServed(context.Request);
            // Most requests, sends among them, name nothing in their path: they need no routing.
            if (_plain.TryGetValue((context.Request.Method, raw), out var route))
            {
                await AnswerAsync(context, connection, route, target);
                return;
            }
            context.Features.Set(target);
            await next(context);
            // What the framework refuses has no body.
            if (response.StatusCode < 400 || response.HasStarted) return;
            if (context.GetEndpoint()?.Metadata.GetMetadata<StatusOnly>() is not null) return;
            problem = new RequestException(ProblemCode.OfStatus(response.StatusCode));
        }
        catch (RequestException exception)
        {
            problem = exception;
        }
        catch (BadHttpRequestException exception)
        {
            problem = new RequestException(ProblemCode.OfStatus(exception.StatusCode));
        }
        catch (Exception exception) when (!context.RequestAborted.IsCancellationRequested && exception is not ClientGoneException)
        {
            if (exception.IsOfTransport()) throw new ClientGoneException();
            LogDefect(connection.Session.Id, exception);
            problem = new RequestException(ProblemCode.Internal);
        }
        if (response.HasStarted)
        {
            context.Abort();
            return;
        }
        EndWithSession(connection, response);
        await Problems.WriteAsync(context, problem);
    }

    private Task AnswerAsync(HttpContext context, WebRoute route) => AnswerAsync(
        context, context.Features.GetRequiredFeature<WebConnection>(), route, context.Features.GetRequiredFeature<RequestTarget>());

    private async Task AnswerAsync(HttpContext context, WebConnection connection, WebRoute route, RequestTarget target)
    {
        // Another path than the one that was routed would be another request.
        if (!route.Is(target.Segments)) throw RequestException.NotFound("There is no such path.");
        var request = new WebRequest(context, connection, route, target, _bodies, _credentials);
        // Before the body: a token that cannot be one is refused without it.
        if (route.NeedsSession && request.SessionKey is null) throw Refused.Because(Refusal.NoSession);
        var answer = await route.Answer(request);
        EndWithSession(connection, context.Response);
        context.Response.StatusCode = answer.Status;
        if (answer.Stream is { } stream) await stream(context, connection);
        if (answer.Body is null) return;
        var bytes = AnswerWriter.Serialize(ref answer);
        // Before it is written: a client that takes nothing has paid all the same.
        _price.ChargeBytes(connection, bytes.Length);
        await AnswerWriter.WriteAsync(context, connection, bytes);
    }

    private Task DescribeAsync(HttpContext context)
    {
        if (context.Features.GetRequiredFeature<RequestTarget>().Segments is not ["v1", "openapi.json"])
            throw RequestException.NotFound("There is no such path.");
        if (context.Request.QueryString.HasValue) throw RequestException.Bad("This request takes no query.");
        context.Response.ContentType = AnswerWriter.ContentType;
        context.Response.ContentLength = _openApi.Length;
        _price.ChargeBytes(context.Features.GetRequiredFeature<WebConnection>(), _openApi.Length);
        return context.Response.Body.WriteAsync(_openApi, context.RequestAborted).AsTask();
    }

    private Task ReadyAsync(HttpContext context)
    {
        context.Response.StatusCode = _services.Presence.IsAnswered ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return Task.CompletedTask;
    }

    // A connection ends with the session that it served. One that only brought a dead token stays: on a new one each further try of it
    // would cost its address another attempt.
    private static void EndWithSession(WebConnection connection, HttpResponse response)
    {
        if (connection.Session.HasLostSession) response.Headers.Connection = "close";
    }

    // A page of another site whose name leads to this machine would be taken for one of it.
    private void RequireServed(HttpRequest request)
    {
        if (_credentials.ServesAll || Credentials.IsLoopback(request.Host.Host)) return;
        throw new RequestException(
            ProblemCode.Forbidden, "This name is not served: --web-origins names the origins of pages. Without it, use localhost.");
    }

    private static void RequireShortHeaders(IHeaderDictionary headers)
    {
        long bytes = 0;
        foreach (var (name, values) in headers)
            foreach (var value in values) bytes += name.Length + (value?.Length ?? 0);
        if (bytes > MaxHeaderBytes)
            throw new RequestException(ProblemCode.Headers, $"The headers have {bytes} bytes; they may have {MaxHeaderBytes}.");
    }

    private static string RawTargetOf(HttpContext context) =>
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;

    [LoggerMessage(2451, LogLevel.Error, "A request of connection {Connection} failed unexpectedly; answering it as an internal error.")]
    private partial void LogDefect(string connection, Exception exception);

    /// <summary>An answer that has no body, whatever its status.</summary>
    private sealed record StatusOnly;
}
