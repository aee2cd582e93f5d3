using OrleansChat.Identifiers;
using OrleansChat.Limits;
using OrleansChat.Storage.Accounts;
using OrleansChat.Storage.Postgres;
using OrleansChat.Storage.Tests.Conversations;

namespace OrleansChat.Storage.Tests.Rooms;

/// <summary>A database with people who invite others into rooms.</summary>
public sealed class InvitationWorld : IAsyncLifetime
{
    public RoomWorld Rooms { get; } = new();
    public Registrations Registrations { get; private set; } = null!;

    /// <summary>The same, with limits that tests reach.</summary>
    public Registrations Limited { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await Rooms.InitializeAsync();
        var source = Rooms.People.Storage.Database.DataSource;
        Registrations = new Registrations(source, new RoomLimits());
        Limited = new Registrations(source, new RoomLimits { Members = RoomWorld.MaxMembers, RoomsPerUser = RoomWorld.MaxRooms });
    }

    public Task DisposeAsync() => Rooms.DisposeAsync();

    /// <summary>An invitation into a room; its digest.</summary>
    public async Task<string> InviteAsync(Person maker, Room room, int uses = 1)
    {
        var digest = SecretCode.DigestOf(SecretCode.New());
        Assert.Equal(InvitationResult.Done, (await Registrations.InviteAsync(maker.Session, digest, uses, null, room.Name)).Result);
        return digest;
    }

    public Task<Redemption> RedeemAsync(Person person, string digest) =>
        Registrations.RedeemAsync(person.Session, digest, MessageId.New(TimeProvider.System.GetUtcNow()));

    /// <summary>How many may still use an invitation; null where it is gone.</summary>
    public async Task<int?> UsesAsync(string digest)
    {
        var uses = await Rooms.Sql.QueryAsync(
            "test", "SELECT uses FROM invitation WHERE digest = $1", [digest], reader => reader.GetInt32(0));
        return uses.Count == 0 ? null : uses.Single();
    }
}
