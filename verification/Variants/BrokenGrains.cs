using OrleansChat.Gateway.Sessions;
using OrleansChat.GrainInterfaces;

namespace OrleansChat.Verification.Variants;

/// <summary>The grains as a gateway calls them, with the fault of a <see cref="Variant"/>.</summary>
internal sealed class BrokenGrains(IChatGrains grains, Variant variant) : IChatGrains
{
    public ISessionGrain Session(string sessionKey) => new BrokenSession(sessionKey, grains, variant);

    public IUserGrain User(string userName) => grains.User(userName);

    public IPresenceGrain Presence() => variant == Variant.ForgetEpoch ? new ForgetfulPresence(grains.Presence()) : grains.Presence();
}
