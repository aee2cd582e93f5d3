using System.Globalization;
using System.Reflection;
using OrleansChat.Gateway.Doors.Web.Wire;
using OrleansChat.Gateway.Sessions;
using OrleansChat.GrainInterfaces;
using OrleansChat.Identifiers;
using OrleansChat.Limits;

namespace OrleansChat.Gateway.Doors.Web.Requests;

/// <summary>Tells who is online, and what there is to know of the service.</summary>
internal sealed class ServerRequests(GatewayServices services)
{
    private const int MaxUsers = 200;

    /// <summary>How long the answer is remembered: everybody may ask, without a session.</summary>
    private static readonly TimeSpan Remember = TimeSpan.FromSeconds(5);

    private static readonly string Version = Assembly.GetExecutingAssembly()
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    private static readonly RoomLimits Rooms = new();

    private (string Epoch, RegistrationInfo Registration, long At)? _known;

    public IReadOnlyList<WebRoute> Routes =>
    [
        new("GET", "/v1/presence", "Who of these users is online.", ReadPresenceAsync)
        {
            Query = ["users"], Returns = typeof(PresenceBody),
        },
        new("GET", "/v1/server", "What there is to know of the service.", ReadServerAsync)
        {
            Returns = typeof(ServerBody), NeedsSession = false,
        },
    ];

    private static async Task<WebAnswer> ReadPresenceAsync(WebRequest request)
    {
        var users = request.Required("users").Split(',');
        if (users.Length > MaxUsers)
        {
            throw RequestException.Bad(string.Create(
                CultureInfo.InvariantCulture, $"'users' names {users.Length} users; it may name {MaxUsers}."));
        }
        if (Array.Exists(users, user => !UserName.IsValid(user)))
            throw RequestException.Bad("'users' is a list of user names, separated by commas.");
        var online = WebRequest.Expect(await request.Session.ListUsersAsync(request.SessionKey)).ToHashSet();
        return WebAnswer.Of(new PresenceBody(
            [.. users.Distinct().Select(user => new UserPresenceBody(user, online.Contains(user)))]));
    }

    private async Task<WebAnswer> ReadServerAsync(WebRequest request)
    {
        if (_known is not { } known || services.Time.GetElapsedTime(known.At) >= Remember)
        {
            var epoch = WebRequest.Expect(await request.Session.ReadEpochAsync());
            var registration = WebRequest.Expect(await request.Session.ReadRegistrationAsync());
            _known = known = (epoch, registration, services.Time.GetTimestamp());
        }
        return WebAnswer.Of(new ServerBody(
            "OrleansChat", Version, known.Epoch, known.Registration.Mode.ToString().ToLowerInvariant(),
            new LimitsBody(
                StoredText.MaxBytes, BodyLimits.MaxBytes, WebRequest.MaxPage, MaxUsers, known.Registration.MinPasswordLength,
                Rooms.Members, Rooms.RoomsPerUser)));
    }
}
