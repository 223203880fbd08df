use super::*;
use crate::testing::golden;
use two_stage::model::{Origin, RoleColumn, TwoStageModel};

const HOSTILE: &str = "<script>alert(1)</script>\"'&é";

fn page_of(model: &TwoStageModel, name: Option<&str>, version: Option<i32>) -> String {
    page(&Subject { model, name, version }, Poll::NEVER).unwrap()
}

#[test]
fn names_and_warnings_are_escaped_and_the_page_is_ascii() {
    let mut model = golden("exposure");
    model.add_warning(HOSTILE.to_owned());
    let types = vec![HOSTILE.to_owned(); model.columns().len()];
    model.set_origin(Origin { version: HOSTILE.into(), types, roles: Vec::new() });
    model.set_roles(vec![RoleColumn { role: "exposed".into(), column: HOSTILE.into() }]);
    let page = page_of(&model, Some(HOSTILE), Some(3));
    assert!(!page.contains("<script"));
    assert!(page.is_ascii());
    let escaped = "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;&#233;";
    assert_eq!(page.matches(escaped).count(), 2 + 1 + model.columns().len() + 1 + 1);
    let quoted = "&#39;&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&#39;&amp;&#233;&#39;";
    assert!(page.matches(quoted).count() >= 4);
}

#[test]
fn every_kind_of_model_has_every_section() {
    for kind in
        ["simple", "exposure", "put_off", "no_effect", "constant_intent", "grouped_attribution"]
    {
        let page = page_of(&golden(kind), Some(kind), None);
        assert_eq!(page.matches("<section").count(), 10, "{kind}");
        assert_eq!(page.matches("<section").count(), page.matches("</section>").count());
        assert!(!page.contains("NaN") && !page.contains("inf%"), "{kind}");
    }
}

#[test]
fn each_verdict_leads_the_page() {
    let leads = |kind: &str, headline: &str| {
        let page = page_of(&golden(kind), Some(kind), None);
        assert!(page.contains(&format!("\"><h2>{headline}</h2>")), "{kind}: {headline}");
    };
    leads("exposure", "It seems to work");
    leads("put_off", "It seems to work, but some customers are put off");
    leads("no_effect", "No effect seen");
    leads("simple", "Effect unknown: nobody was left out");
}

#[test]
fn customers_who_are_put_off_are_named_in_the_verdict() {
    assert!(page_of(&golden("put_off"), None, None).contains("are put off by the campaign"));
    assert!(!page_of(&golden("exposure"), None, None).contains("put off"));
}

#[test]
fn nothing_is_loaded_and_nothing_runs() {
    let page = page_of(&golden("exposure"), None, None);
    for part in ["http:", "https:", "url(", "<script", "<img", "@import", "javascript:"] {
        assert!(!page.contains(part), "{part}");
    }
    assert!(page.contains("default-src &#39;none&#39;") || page.contains("default-src 'none'"));
}

#[test]
fn a_version_is_told_apart_from_the_active_one() {
    let page = page_of(&golden("exposure"), Some("spring"), Some(3));
    assert!(page.contains("Version 3") && page.contains("activate_model(&#39;spring&#39;, 3)"));
    assert!(page_of(&golden("exposure"), None, None).contains("save_model"));
}
