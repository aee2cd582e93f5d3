using OrleansChat.Gateway.Sessions;
using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Push;
using OrleansChat.GrainInterfaces.Rooms;

namespace OrleansChat.Verification.Variants;

/// <summary>The grains as a gateway calls them, with the fault of a <see cref="Variant"/>.</summary>
internal sealed class BrokenGrains(IChatGrains grains, Variant variant) : IChatGrains
{
    private readonly ForgottenUses _uses = new();

    public ISessionGrain Session(string sessionKey) => new BrokenSession(sessionKey, grains, variant, _uses);

    public IUserGrain User(string userName) => grains.User(userName);

    public IConversationGrain Conversations(string userName) => grains.Conversations(userName);

    public IAccountGrain Account(string userName) => grains.Account(userName);

    public IServerGrain Server() => grains.Server();

    public IMemberGrain Member(string userName) => grains.Member(userName);

    public IRoomGrain Room(string roomName) => grains.Room(roomName);

    public IInboxPushGrain InboxPush(string userName) => grains.InboxPush(userName);

    public IRoomPushGrain RoomPush(string roomName) => grains.RoomPush(roomName);

    public IGatewayObserver Reference(IGatewayObserver observer) => grains.Reference(observer);

    public IPresenceGrain Presence() => variant switch
    {
        Variant.ForgetEpoch => new ForgetfulPresence(grains.Presence()),
        Variant.UnreportedLease => new UninformedPresence(grains.Presence(), _uses),
        _ => grains.Presence(),
    };
}
