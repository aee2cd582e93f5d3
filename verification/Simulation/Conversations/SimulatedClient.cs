using OrleansChat.Gateway.Sessions;
using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Rooms;
using OrleansChat.Verification.Clients.Conversations;

namespace OrleansChat.Verification.Simulation.Conversations;

/// <summary>A client of a simulated door: each request is one call of the gateway's <see cref="ClientSession"/>.</summary>
internal sealed class SimulatedClient(SimulatedDoor door) : IConversationDoor
{
    public Task<Outcome<string>?> LogInAsync(string user, string password) =>
        door.AskAsync(client => client.LogInAsync(user, new(password)));

    public Task<Outcome<ConversationPage>?> ReadPageAsync(string token, PageRequest asked, long log) =>
        AskAsync(token, (client, key) => client.ReadPageAsync(key, asked));

    public Task<Outcome<ConversationList>?> ListConversationsAsync(string token, int limit, ListPlace? before) =>
        AskAsync(token, (client, key) => client.ListConversationsAsync(key, limit, before));

    public Task<Outcome<Conversation>?> FindConversationAsync(string token, string peer) =>
        AskAsync(token, (client, key) => client.FindConversationAsync(key, peer));

    public Task<Outcome<Conversation>?> SetMutedAsync(string token, string peer, bool isMuted) =>
        AskAsync(token, (client, key) => client.SetMutedAsync(key, peer, isMuted));

    public Task<Outcome<Conversation>?> MarkReadAsync(string token, string epoch, string peer, long upTo) =>
        AskAsync(token, (client, key) => client.MarkReadAsync(key, epoch, peer, upTo));

    public Task<Outcome<Position>?> SetBlockedAsync(string token, string peer, bool isBlocked) =>
        AskAsync(token, (client, key) => client.SetBlockedAsync(key, peer, isBlocked));

    public Task<Outcome<string[]>?> ListBlockedAsync(string token) => AskAsync(token, (client, key) => client.ListBlockedAsync(key));

    public Task<Outcome<Position>?> DeleteAsync(string token, string epoch, string recipient, long log, long number) =>
        AskAsync(token, (client, key) => client.DeleteAsync(key, epoch, recipient, number));

    public Task<Outcome<LogPart>?> ReadLogAsync(string token, string epoch, long after, int limit) =>
        AskAsync(token, (client, key) => client.ReadLogAsync(key, epoch, after, limit));

    public Task<Outcome<Position>?> ReceiveAsync(string token, string epoch, long number) =>
        AskAsync(token, (client, key) => client.ReceiveAsync(key, epoch, number));

    public Task<Outcome<RoomChangeReply>?> ChangeRoomAsync(string token, string room, RoomChangeRequest change) => AskAsync(
        token, (client, key) => client.ChangeRoomAsync(key, room, change with { Id = client.NewChange(change.Action).Id }));

    public Task<Outcome<RoomInfo>?> FindRoomAsync(string token, string room) =>
        AskAsync(token, (client, key) => client.FindRoomAsync(key, room));

    public Task<Outcome<RoomMember[]>?> ListMembersAsync(string token, string room) =>
        AskAsync(token, (client, key) => client.ListMembersAsync(key, room, 50, 0));

    public Task<Outcome<RoomInfo[]>?> ListRoomsAsync(string token, bool isMine, int limit, string after) =>
        AskAsync(token, (client, key) => client.ListRoomsAsync(key, isMine, limit, after));

    public Task<Outcome<RoomPage>?> ReadRoomPageAsync(string token, RoomPageRequest asked, long log) =>
        AskAsync(token, (client, key) => client.ReadRoomPageAsync(key, asked));

    public Task<Outcome<LogPart>?> ReadRoomLogAsync(string token, string epoch, long log, long after, int limit) =>
        AskAsync(token, (client, key) => client.ReadRoomLogAsync(key, epoch, log, after, limit));

    public Task<Outcome<RoomInfo>?> MarkRoomReadAsync(string token, string epoch, string room, long log, long upTo) =>
        AskAsync(token, (client, key) => client.MarkRoomReadAsync(key, epoch, room, upTo));

    public Task<Outcome<Position>?> DeleteInRoomAsync(string token, string epoch, string room, long log, long number) =>
        AskAsync(token, (client, key) => client.DeleteInRoomAsync(key, epoch, room, number));

    public void Close() => door.Close();

    // No method awaits: each step of the simulation is one that the scheduler has drawn.
    private Task<Outcome<T>?> AskAsync<T>(string token, Func<ClientSession, string, Task<Outcome<T>>> ask)
        where T : class
    {
        var key = SessionToken.KeyOf(token)!;
        return door.AskAsync(client => ask(client, key));
    }
}
