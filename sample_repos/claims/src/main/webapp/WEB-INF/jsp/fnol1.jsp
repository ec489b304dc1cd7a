<%@ page contentType="text/html; charset=UTF-8" import="com.harborline.claims.model.*, com.harborline.claims.legacy.HtmlBits" %>
<%@ include file="head.jsp" %>
<% FnolWizard wiz = (FnolWizard) session.getAttribute(IConstants.SES_WIZARD); %>
<h1>New claim 1/4: policy</h1>
<%= HtmlBits.errors(wiz.getErrors()) %>
<form method="post" action="<%= ctx %>/fnol">
Policy number <input name="policyNo" value="<%= Utils.html(wiz.getPolicyNo()) %>">
<input type="submit" value="Next">
</form>
<%@ include file="foot.jsp" %>
